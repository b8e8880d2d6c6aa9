import { JobYamlError } from '../job-yaml-error.ts';
import type { WrittenNeed } from '../keywords/read-needs.ts';

/** @throws JobYamlError with the whole chain when jobs wait for each other in a circle. */
export function refuseCycles(needs: ReadonlyMap<string, readonly WrittenNeed[]>): void {
  const finished = new Set<string>();

  const visit = (name: string, chain: readonly string[]): void => {
    for (const need of needs.get(name) ?? []) {
      const start = chain.indexOf(need.job);
      if (start >= 0) {
        const circle = [...chain.slice(start), need.job].join(' -> ');
        throw new JobYamlError(need.at, `\`needs\` goes in a circle: ${circle}`);
      }
      if (!finished.has(need.job)) visit(need.job, [...chain, need.job]);
    }
    finished.add(name);
  };

  for (const name of needs.keys()) visit(name, [name]);
}
