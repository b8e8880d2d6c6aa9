import { formatDuration } from '../common/duration.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import type { StopReason } from '../common/errors/stop-error.ts';
import type { ScriptOutcome } from '../container/build-container.ts';
import { entrypointCure } from '../container/failure/entrypoint-hint.ts';
import type { JobSpec } from '../spec/job-spec.ts';
import type { StageTrace } from './stage.ts';

/** What a script's end means for the job; undefined for success. Says in the trace what the result alone would hide. */
export function scriptFailure(outcome: ScriptOutcome, spec: JobSpec, trace: StageTrace): JobFailure | undefined {
  const { exitCode, shellReached, stopped } = outcome;
  const { reference } = spec.image;
  if (!shellReached && stopped) trace.warning(`${entrypoint(reference)} had not started ${shellAndCure(reference)}`);
  if (stopped) return new JobFailure('script_failure', 'the script was stopped');
  if (!shellReached && exitCode === 0)
    trace.warning(`${entrypoint(reference)} ended with exit code 0 without starting ${shellAndCure(reference)}`);
  if (exitCode === 0) return undefined;
  const swallowed = `${entrypoint(reference)} ended without starting ${shellAndCure(reference)}`;
  const cause = outcome.cause ?? (shellReached ? undefined : swallowed);
  return new JobFailure('script_failure', `exit code ${exitCode}${cause === undefined ? '' : `: ${cause}`}`, {
    exitCode,
  });
}

const entrypoint = (image: string): string => `the entrypoint of image "${image}"`;
const shellAndCure = (image: string): string => `the script's shell: ${entrypointCure(image)}`;

/** The failure of a job that was stopped. */
export function stopFailure(reason: StopReason, spec: JobSpec): JobFailure {
  switch (reason) {
    case 'timeout':
      return new JobFailure(
        'job_execution_timeout',
        `execution took longer than ${formatDuration(spec.timeouts.job)}, the timeout of the job`,
      );
    case 'script_timeout':
      return new JobFailure(
        'job_execution_timeout',
        `the script took longer than ${formatDuration(spec.timeouts.script ?? 0)} (RUNNER_SCRIPT_TIMEOUT)`,
      );
    case 'cancel':
      return new JobFailure('job_canceled', 'canceled');
    case 'abort':
      return new JobFailure('job_canceled', 'the coordinator has ended the job');
    case 'shutdown':
      return new JobFailure('runner_interrupted', 'the agent was told to stop');
  }
}
