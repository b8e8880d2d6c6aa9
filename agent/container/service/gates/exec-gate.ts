import { setTimeout as delay } from 'node:timers/promises';
import type { DockerClient } from '../../../docker/docker-client.ts';
import { DockerError } from '../../../docker/docker-error.ts';
import type { Gate } from './gate.ts';

/** Each run costs the engine some 30 ms: the pause grows from the first to the last of these. */
const PAUSES_MS = { first: 100, last: 1000 };

export interface ExecGateOptions {
  readonly docker: DockerClient;
  readonly containerId: string;
  readonly command: readonly string[];
  /** What the command is called in messages. */
  readonly name: string;
}

/** Ready when a command in the service's container ends with 0. One run at a time. */
export class ExecGate implements Gate {
  readonly #options: ExecGateOptions;
  #last = 'has not ended';

  constructor(options: ExecGateOptions) {
    this.#options = options;
  }

  async wait(signal: AbortSignal): Promise<void> {
    for (let pause = PAUSES_MS.first; ; pause = Math.min(pause * 1.5, PAUSES_MS.last)) {
      const exitCode = await this.#run(signal);
      signal.throwIfAborted();
      if (exitCode === 0) return;
      this.#last = `ended with exit code ${exitCode}`;
      await delay(pause, undefined, { signal });
    }
  }

  missing(): string {
    return `${this.#options.name} ${this.#last}`;
  }

  /** What the engine refuses counts as 126, "cannot be executed": the container may be starting, or be gone. */
  async #run(signal: AbortSignal): Promise<number> {
    const { docker, containerId, command } = this.#options;
    try {
      return await docker.runExec(containerId, command, signal);
    } catch (error) {
      if (error instanceof DockerError) return 126;
      throw error;
    }
  }
}
