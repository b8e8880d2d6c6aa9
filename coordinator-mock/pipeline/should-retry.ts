import type { PipelineJob } from './pipeline.ts';

/** Failures that GitLab never retries, whatever the job says. */
const neverRetried: readonly string[] = [
  'ci_quota_exceeded',
  'no_matching_runner',
  'missing_dependency_failure',
  'forward_deployment_failure',
  'environment_creation_failure',
  'job_canceled',
];

/** Whether a failed job runs again. `tries` counts the runs so far, the failed one included. */
export function shouldRetry(
  job: Pick<PipelineJob, 'retry'>,
  failureReason: string,
  exitCode: number | undefined,
  tries: number,
): boolean {
  const { max, when, exitCodes } = job.retry;
  if (neverRetried.includes(failureReason) || tries > max) return false;
  if (exitCode !== undefined && exitCodes.includes(exitCode)) return true;
  return when.includes('always') || when.includes(failureReason);
}
