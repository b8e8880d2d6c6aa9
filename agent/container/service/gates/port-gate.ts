import { setTimeout as delay } from 'node:timers/promises';
import { dial } from './dial.ts';
import type { Gate } from './gate.ts';

/** Pause between two dials of one port. */
const DIAL_PAUSE_MS = 50;

export interface PortGateOptions {
  readonly address: string;
  /** At least one. */
  readonly ports: readonly number[];
  /** Whether the address can be dialled from here at all. */
  readonly near: boolean;
  /** Resolves when one of the ports listens, seen from within the service's network. */
  readonly listensInside: (ports: readonly number[], signal: AbortSignal) => Promise<void>;
}

/** Ready when any of the ports accepts a connection. Where the address cannot be reached, it is looked at from inside. */
export class PortGate implements Gate {
  readonly #options: PortGateOptions;

  constructor(options: PortGateOptions) {
    this.#options = options;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const { address, ports, near, listensInside } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const answers = near ? await Promise.all(ports.map((port) => dial(address, port))) : [];
      if (answers.includes('open')) return;
      if (answers.every((answer) => answer === 'unreachable')) return await listensInside(ports, signal);
      await delay(DIAL_PAUSE_MS, undefined, { signal });
    }
  }

  missing(): string {
    return `no connection to ${this.#options.address}, port ${this.#options.ports.join(' or ')}`;
  }
}
