import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isUnreachable } from './dial.ts';
import type { Gate } from './gate.ts';

const PAUSE_MS = 100;
/** One answer may take this long. */
const ANSWER_TIMEOUT_MS = 2000;

export interface HttpGateOptions {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** Whether the address can be dialled from here at all. */
  readonly near: boolean;
  /** Resolves when the answer is good, asked from within the service's network. */
  readonly answersInside: (url: string, signal: AbortSignal) => Promise<void>;
}

/** Ready when a GET is answered with a status below 400. */
export class HttpGate implements Gate {
  readonly #options: HttpGateOptions;
  #last = 'no answer';

  constructor(options: HttpGateOptions) {
    this.#options = options;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const { near, port, path, answersInside } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const answer = near ? await this.#ask() : 'unreachable';
      if (answer === 'unreachable') return await answersInside(`http://127.0.0.1:${port}${path}`, signal);
      if (typeof answer === 'number' && answer < 400) return;
      this.#last = typeof answer === 'number' ? `status ${answer}` : 'no answer';
      await delay(PAUSE_MS, undefined, { signal });
    }
  }

  missing(): string {
    const { address, port, path } = this.#options;
    return `${this.#last} from http://${address}:${port}${path}`;
  }

  #ask(): Promise<number | 'silent' | 'unreachable'> {
    const { address: host, port, path } = this.#options;
    return new Promise((resolve) => {
      const asked = request({ host, port, path, agent: false, timeout: ANSWER_TIMEOUT_MS }, (response) => {
        resolve(response.statusCode ?? 'silent');
        response.destroy();
      });
      asked.once('timeout', () => {
        resolve('silent');
        asked.destroy();
      });
      asked.on('error', (error) => resolve(isUnreachable(error) ? 'unreachable' : 'silent'));
      asked.end();
    });
  }
}
