import { formatDuration } from '../common/duration.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import type { StopReason } from '../common/errors/stop-error.ts';
import type { ScriptOutcome } from '../container/build-container.ts';
import type { JobSpec } from '../spec/job-spec.ts';
import type { StageTrace } from './stage.ts';

/** What a script's end means for the job; undefined for success. Says in the trace what an exit code alone would hide. */
export function scriptFailure(outcome: ScriptOutcome, spec: JobSpec, trace: StageTrace): JobFailure | undefined {
  const { exitCode } = outcome;
  if (outcome.stopped) return new JobFailure('script_failure', 'the script was stopped');
  if (!outcome.shellReached) trace.warning(entrypointHint(spec, exitCode));
  if (exitCode === 0) return undefined;
  if (outcome.oomKilled)
    trace.warning('The container ran out of memory and was killed (see "memory" in [runners.docker])');
  return new JobFailure('script_failure', `exit code ${exitCode}`, { exitCode });
}

function entrypointHint(spec: JobSpec, exitCode: number): string {
  return (
    `The entrypoint of image "${spec.image.reference}" ended with exit code ${exitCode} without starting the script's shell: ` +
    `set  image: { name: "${spec.image.reference}", entrypoint: [""] }  to run the script`
  );
}

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
