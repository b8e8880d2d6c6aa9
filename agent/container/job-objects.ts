import { toError } from '../common/errors/to-error.ts';
import type { DockerClient } from '../docker/docker-client.ts';

/** Longest wait for a container that is ending by itself; removing one that still runs costs far more. */
const EXIT_WAIT_MS = 1000;

type Removal = () => Promise<void>;

/**
 * Everything that a job puts on the engine. Each object is entered before it is asked for, under a name that finds it
 * even if the engine's answer never came; so `removeAll` leaves nothing behind, at whatever point the job stopped.
 */
export class JobObjects {
  readonly #docker: DockerClient;
  readonly #containers: Removal[] = [];
  readonly #rest: Removal[] = [];

  constructor(docker: DockerClient) {
    this.#docker = docker;
  }

  /** `endsByItself`: its shell exits once its stdin is closed. */
  container(name: string, endsByItself: boolean): void {
    this.#containers.push(async () => {
      if (endsByItself) await this.#exited(name);
      await this.#docker.removeContainer(name);
    });
  }

  network(name: string): void {
    this.#rest.push(() => this.#docker.removeNetwork(name));
  }

  volume(name: string): void {
    this.#rest.push(() => this.#docker.removeVolume(name));
  }

  /** Removes all, containers first. One failure does not keep the others; all of them are returned. */
  async removeAll(): Promise<Error[]> {
    return [...(await settle(this.#containers)), ...(await settle(this.#rest))];
  }

  async #exited(name: string): Promise<void> {
    try {
      await this.#docker.waitContainer(name, 'not-running', AbortSignal.timeout(EXIT_WAIT_MS));
    } catch {
      // It does not end, or is gone: the removal is forced anyway.
    }
  }
}

async function settle(removals: readonly Removal[]): Promise<Error[]> {
  const results = await Promise.allSettled(removals.map((remove) => remove()));
  return results.flatMap((result) => (result.status === 'rejected' ? [toError(result.reason)] : []));
}
