import type { DockerClient } from '../../docker/docker-client.ts';

/**
 * Removes a network of the job's own. What is still on it goes with it: containers that the job has started through the
 * engine's socket, which would keep it for ever.
 */
export async function removeJobNetwork(docker: DockerClient, name: string): Promise<void> {
  try {
    await docker.removeNetwork(name);
  } catch (error) {
    const containers = await docker.networkContainers(name);
    if (containers.length === 0) throw error;
    await Promise.all(containers.map((id) => docker.removeContainer(id)));
    await docker.removeNetwork(name);
  }
}
