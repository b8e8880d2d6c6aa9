import type { FailureReason } from '#protocol/failure-reason.ts';

export interface JobSuccess {
  readonly state: 'success';
}

/** A job that did not succeed; a canceled one is a failed one with the reason `job_canceled`. */
export interface FailedJob {
  readonly state: 'failed';
  readonly reason: FailureReason;
  /** Of the script, when that is what failed. */
  readonly exitCode: number | undefined;
  /** What the job's user reads: one sentence that names the cause. */
  readonly sentence: string;
}

/** What became of a job. */
export type JobResult = JobSuccess | FailedJob;
