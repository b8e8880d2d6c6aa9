import { formatDuration } from '../common/duration.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import type { StopReason } from '../common/errors/stop-error.ts';
import type { ScriptOutcome } from '../container/build-container.ts';
import type { JobSpec } from '../spec/job-spec.ts';
import type { StageTrace } from './stage.ts';

/** What a script's end means for the job; undefined for success. Says in the trace what an exit code alone would hide. */
export function scriptFailure(outcome: ScriptOutcome, spec: JobSpec, trace: StageTrace): JobFailure | undefined {
  const { exitCode } = outcome;
  if (!outcome.shellReached) trace.warning(entrypointHint(spec, outcome));
  if (outcome.stopped) return new JobFailure('script_failure', 'the script was stopped');
  if (exitCode === 0) return undefined;
  if (outcome.oomKilled)
    trace.warning('The container ran out of memory and was killed (see "memory" in [runners.docker])');
  const cause = outcome.shellReached ? '' : ` of the image's entrypoint, which did not start the script's shell`;
  return new JobFailure('script_failure', `exit code ${exitCode}${cause}`, { exitCode });
}

function entrypointHint({ image }: JobSpec, { stopped, exitCode }: ScriptOutcome): string {
  const what = stopped ? 'had not started' : `ended with exit code ${exitCode} without starting`;
  return (
    `The entrypoint of image "${image.reference}" ${what} the script's shell: ` +
    `set  image: { name: "${image.reference}", entrypoint: [""] }  to run the script`
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
