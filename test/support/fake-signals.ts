import { EventEmitter } from 'node:events';
import type { SignalSource } from '../../agent/daemon/shutdown.ts';

/** Signals that a test sends instead of the operating system. */
export class FakeSignals implements SignalSource {
  readonly #emitter = new EventEmitter();

  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void {
    this.#emitter.on(signal, listener);
  }

  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void {
    this.#emitter.off(signal, listener);
  }

  /** Throws when nobody listens: the real signal would then end the process. */
  send(signal: NodeJS.Signals): void {
    if (!this.#emitter.emit(signal, signal)) throw new Error(`nobody listens to ${signal}`);
  }

  get listeners(): number {
    return this.#emitter.eventNames().reduce((sum, name) => sum + this.#emitter.listenerCount(name), 0);
  }
}
