import type { JobSpec } from '../spec/job-spec.ts';

/** Whether a stage of the job runs in the helper container: only then is one started. */
export const needsHelper = (spec: JobSpec): boolean =>
  spec.sources.strategy === 'clone' || spec.sources.strategy === 'fetch';
