import { setTimeout as delay } from 'node:timers/promises';
import type { Gate } from './gate.ts';

/** Ready when the first gate says so, or a second one that is asked only when the first has taken its time. */
export class EitherGate implements Gate {
  readonly #first: Gate;
  readonly #second: Gate;
  readonly #afterMs: number;

  constructor(first: Gate, second: Gate, afterMs: number) {
    this.#first = first;
    this.#second = second;
    this.#afterMs = afterMs;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const until = AbortSignal.any([signal, done.signal]);
    try {
      await Promise.race([this.#first.wait(until), this.#later(until)]);
    } finally {
      done.abort();
    }
  }

  missing(): string {
    return `${this.#first.missing()}, and ${this.#second.missing()}`;
  }

  async #later(signal: AbortSignal): Promise<void> {
    await delay(this.#afterMs, undefined, { signal });
    await this.#second.wait(signal);
  }
}
