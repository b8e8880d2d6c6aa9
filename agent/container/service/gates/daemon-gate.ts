import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isUnreachable } from './dial.ts';
import type { Gate } from './gate.ts';

const PAUSE_MS = 100;
/** A daemon that still starts takes the connection and answers when it is ready. */
const ANSWER_TIMEOUT_MS = 2000;

export interface DaemonGateOptions {
  readonly address: string;
  /** At least one. */
  readonly ports: readonly number[];
  /** Whether the address can be dialled from here at all. */
  readonly near: boolean;
  /** Resolves when one of the ports listens, seen from within the service's network. */
  readonly listensInside: (ports: readonly number[], signal: AbortSignal) => Promise<void>;
}

/**
 * Ready when a Docker daemon answers on one of the ports. An open port is not enough: it is there before the daemon is.
 * A plain request is answered on a port with TLS as well, by a refusal, so no certificate is needed to find out.
 */
export class DaemonGate implements Gate {
  readonly #options: DaemonGateOptions;

  constructor(options: DaemonGateOptions) {
    this.#options = options;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const { address, ports, near, listensInside } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const answers = near ? await Promise.all(ports.map((port) => ask(address, port, signal))) : [];
      if (answers.includes('answered')) return;
      if (answers.every((answer) => answer === 'unreachable')) return await listensInside(ports, signal);
      await delay(PAUSE_MS, undefined, { signal });
    }
  }

  missing(): string {
    return `no Docker daemon answers on ${this.#options.address}, port ${this.#options.ports.join(' or ')}`;
  }
}

function ask(host: string, port: number, signal: AbortSignal): Promise<'answered' | 'silent' | 'unreachable'> {
  return new Promise((resolve) => {
    const asked = request(
      { host, port, path: '/_ping', agent: false, timeout: ANSWER_TIMEOUT_MS, signal },
      (response) => {
        resolve('answered');
        response.destroy();
      },
    );
    asked.once('timeout', () => {
      resolve('silent');
      asked.destroy();
    });
    asked.on('error', (error) => resolve(isUnreachable(error) ? 'unreachable' : 'silent'));
    asked.end();
  });
}
