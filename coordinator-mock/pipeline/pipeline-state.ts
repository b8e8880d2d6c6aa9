import type { Pipeline, PipelineJob } from './pipeline.ts';

/** Where a job stands. `manual`: waits for a person; `canceling`: asked to stop, still running. */
export type JobState =
  'created' | 'pending' | 'running' | 'canceling' | 'success' | 'failed' | 'canceled' | 'skipped' | 'manual';

/** A job's state, and the exit code that it failed with, which `allow_failure: exit_codes` looks at. */
export interface JobStatus {
  readonly state: JobState;
  readonly exitCode?: number | undefined;
}

/** Statuses by job name; a job that is missing counts as `created`. */
export type JobStatuses = ReadonlyMap<string, JobStatus>;

/** What a set of jobs amounts to, such as a stage or a pipeline. */
export type CombinedState = Exclude<JobState, 'canceling'>;

const created: JobStatus = { state: 'created' };

/** Whether a job that ended so does not count as a failure. */
export function isAllowedToFail({ allowFailure }: PipelineJob, exitCode: number | undefined): boolean {
  if (typeof allowFailure === 'boolean') return allowFailure;
  return exitCode !== undefined && allowFailure.exitCodes.includes(exitCode);
}

/**
 * The state of the whole pipeline. It is over in `success`, `failed`, `canceled` and `skipped`; in `manual` it waits for a
 * person, and nothing runs.
 */
export function pipelineState(pipeline: Pipeline, statuses: JobStatuses): CombinedState {
  return combineStates(pipeline.jobs, statuses, 'stages') ?? 'skipped';
}

/**
 * One state for several jobs, by GitLab's rules; undefined for no jobs. With `needs` one job that does not run at all makes
 * `skipped`, and nothing is final before every job is over.
 */
export function combineStates(
  jobs: readonly PipelineJob[],
  statuses: JobStatuses,
  by: 'stages' | 'needs',
): CombinedState | undefined {
  if (jobs.length === 0) return undefined;
  const kinds = new Set(jobs.map((job) => kindOf(job, statuses.get(job.name) ?? created)));
  const only = (...names: Kind[]): boolean => [...kinds].every((kind) => names.includes(kind));
  const any = (...names: Kind[]): boolean => names.some((name) => kinds.has(name));

  if (by === 'needs' && any('skipped', 'ignored')) return 'skipped';
  if (by === 'needs' && !only('success', 'warned', 'failed', 'canceled')) return 'pending';
  if (only('skipped', 'ignored')) return 'skipped';
  if (only('success', 'warned', 'skipped', 'ignored')) return 'success';
  if (only('created', 'warned', 'ignored')) return 'created';
  if (only('canceled', 'success', 'warned', 'skipped', 'ignored')) return 'canceled';
  if (only('pending', 'created', 'warned', 'skipped', 'ignored')) return 'pending';
  if (any('running', 'canceling', 'pending')) return 'running';
  if (any('manual')) return 'manual';
  return any('created') ? 'running' : 'failed';
}

/** `warned`: ended badly, but was allowed to. `ignored`: waits for a person whom nobody waits for. */
type Kind = JobState | 'warned' | 'ignored';

function kindOf(job: PipelineJob, { state, exitCode }: JobStatus): Kind {
  const isAllowed = isAllowedToFail(job, exitCode);
  if (isAllowed && (state === 'failed' || state === 'canceled')) return 'warned';
  return isAllowed && state === 'manual' ? 'ignored' : state;
}
