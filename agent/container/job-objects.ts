import { toError } from '../common/errors/to-error.ts';
import type { DockerClient } from '../docker/docker-client.ts';
import { removeJobNetwork } from './network/remove-job-network.ts';

/** Longest wait for a container that is ending by itself; removing one that still runs costs far more. */
const EXIT_WAIT_MS = 1000;

type Removal = () => Promise<void>;

/** Something of a job that stays on the engine until it is removed. */
export interface JobObject {
  readonly kind: 'container' | 'network' | 'volume';
  readonly name: string;
}

export interface JobObjectsOptions {
  /** Is told of each object before the engine is. */
  readonly onObject?: ((object: JobObject) => void) | undefined;
  /** Anonymous volumes of containers stay. */
  readonly keepVolumes: boolean;
}

/**
 * Everything that a job puts on the engine. Each object is entered before it is asked for, under a name that finds it
 * even if the engine's answer never came; so `removeAll` leaves nothing behind, at whatever point the job stopped.
 */
export class JobObjects {
  readonly #docker: DockerClient;
  readonly #containers: Removal[] = [];
  readonly #rest: Removal[] = [];
  readonly #options: JobObjectsOptions;

  constructor(docker: DockerClient, options: JobObjectsOptions) {
    this.#docker = docker;
    this.#options = options;
  }

  /** Enters what an earlier process of the agent has made or was about to make. */
  adopt(objects: readonly JobObject[]): void {
    for (const { kind, name } of objects) {
      if (kind === 'container') this.#containers.push(() => this.#removeContainer(name));
      else if (kind === 'network') this.#rest.push(() => removeJobNetwork(this.#docker, name));
      else this.#rest.push(() => this.#docker.removeVolume(name));
    }
  }

  /** `endsByItself`: its shell exits once its stdin is closed. */
  container(name: string, endsByItself: boolean): void {
    this.#options.onObject?.({ kind: 'container', name });
    this.#containers.push(async () => {
      if (endsByItself) await this.#exited(name);
      await this.#removeContainer(name);
    });
  }

  network(name: string): void {
    this.#options.onObject?.({ kind: 'network', name });
    this.#rest.push(() => removeJobNetwork(this.#docker, name));
  }

  volume(name: string): void {
    this.#options.onObject?.({ kind: 'volume', name });
    this.#rest.push(() => this.#docker.removeVolume(name));
  }

  /** Removes all, containers first. One failure does not keep the others; all of them are returned. */
  async removeAll(): Promise<Error[]> {
    return [...(await settle(this.#containers)), ...(await settle(this.#rest))];
  }

  async #removeContainer(name: string): Promise<void> {
    await this.#docker.removeContainer(name, this.#options.keepVolumes);
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
