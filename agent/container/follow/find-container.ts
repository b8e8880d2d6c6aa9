import { JobFailure } from '../../common/errors/job-failure.ts';
import type { CreateContainerOptions, DockerClient } from '../../docker/docker-client.ts';
import { isNotFound } from '../../docker/docker-error.ts';

/** A container that an earlier process of the agent has made. */
export interface FoundContainer {
  readonly id: string;
  /** Of its options, those that tell its limits. */
  readonly options: CreateContainerOptions;
}

/**
 * Finds a container by its name.
 * @throws {JobFailure} when it is gone
 */
export async function findContainer(docker: DockerClient, name: string): Promise<FoundContainer> {
  try {
    const { id, limits } = await docker.inspectContainer(name);
    return { id, options: { HostConfig: limits } };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const sentence = 'the build container was removed while the agent was away';
    throw new JobFailure('runner_system_failure', sentence, { cause: error });
  }
}
