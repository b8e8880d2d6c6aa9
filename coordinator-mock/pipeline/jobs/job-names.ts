import type { JobDefinition } from './job-definition.ts';

/** The names under which a job runs: its own, or `name 1/3`, `name 2/3`, ... with `parallel`. */
export function jobNames({ name, parallel }: Pick<JobDefinition, 'name' | 'parallel'>): string[] {
  if (parallel === undefined) return [name];
  return Array.from({ length: parallel }, (_, index) => `${name} ${index + 1}/${parallel}`);
}
