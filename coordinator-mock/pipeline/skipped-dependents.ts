import type { Pipeline } from './pipeline.ts';
import type { JobStatuses } from './pipeline-state.ts';

/**
 * The skipped jobs that get another chance when a job runs after all, because a person starts or retries it: those that need
 * it, directly or not, and those of later stages. Set back to `created`, nextJobs() decides them anew.
 */
export function skippedDependents(pipeline: Pipeline, name: string, statuses: JobStatuses): string[] {
  const index = (stage: string | undefined): number => pipeline.stages.indexOf(stage ?? '');
  const start = index(pipeline.jobs.find((job) => job.name === name)?.stage);
  const reached = new Set([name]);
  let size = 0;
  while (size !== reached.size) {
    size = reached.size;
    for (const job of pipeline.jobs) {
      const follows = job.needs?.some((need) => reached.has(need.job)) ?? index(job.stage) > start;
      if (follows && statuses.get(job.name)?.state === 'skipped') reached.add(job.name);
    }
  }
  return pipeline.jobs.map((job) => job.name).filter((other) => other !== name && reached.has(other));
}
