import type { JobSpec } from '../spec/job-spec.ts';

/** Whether a stage of the job runs in the helper container: only then is one started. */
export const needsHelper = (spec: JobSpec): boolean => fetchesSources(spec) || leavesFiles(spec);

export const fetchesSources = ({ sources }: JobSpec): boolean =>
  sources.strategy === 'clone' || sources.strategy === 'fetch';

/** Whether the job's file variables lie where they outlive its containers: somebody has to remove them. */
const leavesFiles = ({ files, volumes, directories }: JobSpec): boolean =>
  files.length > 0 &&
  volumes.some(
    (volume) =>
      (volume.kind === 'bind' || volume.reusable) && directories.temporary.startsWith(`${volume.destination}/`),
  );
