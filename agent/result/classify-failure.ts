import type { FailureReason } from '#protocol/failure-reason.ts';
import { ProtocolError } from '#protocol/protocol-error.ts';
import { describeError } from '../common/errors/describe-error.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import { StopError, type StopReason } from '../common/errors/stop-error.ts';
import type { FailedJob, JobResult } from './job-result.ts';

/** For a stop that reached no place where more was known about it. */
const stops: Readonly<Record<StopReason, readonly [reason: FailureReason, sentence: string]>> = {
  timeout: ['job_execution_timeout', 'the job took longer than its timeout'],
  script_timeout: ['job_execution_timeout', 'the script took longer than RUNNER_SCRIPT_TIMEOUT'],
  cancel: ['job_canceled', 'canceled'],
  abort: ['job_canceled', 'the coordinator has ended the job'],
  shutdown: ['runner_interrupted', 'the agent was told to stop'],
};

/** The result of a job that ended with this error; undefined is success. An error that nobody has given a reason is the agent's own fault. */
export function classifyFailure(error: unknown): JobResult {
  if (error === undefined) return { state: 'success' };
  if (error instanceof JobFailure) return failed(error.reason, error.message, error.exitCode);
  if (error instanceof StopError) return failed(...stops[error.reason]);
  if (error instanceof ProtocolError)
    return failed('runner_system_failure', `the job cannot be read: ${error.message}`);
  return failed('runner_system_failure', describeError(error));
}

function failed(reason: FailureReason, sentence: string, exitCode?: number): FailedJob {
  return { state: 'failed', reason, sentence: sentence.trim() || reason, exitCode };
}
