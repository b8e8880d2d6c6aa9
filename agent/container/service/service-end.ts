import type { DockerClient } from '../../docker/docker-client.ts';
import type { ServiceEnd } from './service-trouble.ts';

/**
 * Resolves when the container ends, seen by the engine; never when the signal aborts first or the engine goes away:
 * the build container tells of that.
 */
export async function serviceEnd(docker: DockerClient, id: string, signal: AbortSignal): Promise<ServiceEnd> {
  try {
    const exitCode = await docker.waitContainer(id, 'not-running', signal);
    const oomKilled = exitCode !== 0 && (await docker.inspectContainer(id)).oomKilled;
    return { exitCode, oomKilled };
  } catch {
    return await new Promise<never>(() => {});
  }
}
