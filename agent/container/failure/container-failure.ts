import { JobFailure } from '../../common/errors/job-failure.ts';
import { DockerError } from '../../docker/docker-error.ts';
import { ENGINE_REFUSALS } from './engine-refusals.ts';
import { optionRefusal } from './option-refusals.ts';

/** The job's failure for a container or network that the engine would not create or start. Other errors pass through. */
export function containerFailure(error: unknown, what: string, image: string): unknown {
  if (!(error instanceof DockerError)) return error;
  for (const { pattern, sentence } of ENGINE_REFUSALS) {
    const match = pattern.exec(error.message);
    if (match !== null)
      return new JobFailure('runner_system_failure', sentence(match.slice(1), image), { cause: error });
  }
  const refusal = optionRefusal(error, what);
  if (refusal !== undefined) return refusal;
  const reason =
    error.status === 400 && what.startsWith('create') ? 'runner_configuration_error' : 'runner_system_failure';
  return new JobFailure(reason, `the engine could not ${what}: ${error.message}`, { cause: error });
}
