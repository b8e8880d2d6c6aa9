import { JobFailure } from '../../common/errors/job-failure.ts';
import type { DockerClient } from '../../docker/docker-client.ts';
import { isNotFound } from '../../docker/docker-error.ts';
import { unstartableProgram } from './unstartable-program.ts';

/** A helper container that ended before its script did, and what was last printed in it. */
export interface DeadHelper {
  readonly docker: DockerClient;
  readonly id: string;
  readonly image: string;
  readonly output: string;
}

/** Why it ended, as far as the engine knows. Engine errors are thrown, but for "it is gone". */
export async function helperDeath({ docker, id, image, output }: DeadHelper): Promise<JobFailure> {
  const unstartable = unstartableProgram(output, image, []);
  if (unstartable !== undefined) return unstartable;
  try {
    const exitCode = await docker.waitContainer(id, 'not-running');
    const { oomKilled } = await docker.inspectContainer(id);
    const sentence = oomKilled
      ? 'the helper container ran out of memory'
      : `the helper container ended with exit code ${exitCode} before its script did`;
    return new JobFailure('runner_system_failure', sentence);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return new JobFailure('runner_system_failure', 'the helper container was removed from outside');
  }
}
