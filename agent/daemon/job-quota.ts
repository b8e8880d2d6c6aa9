import { EventEmitter } from 'node:events';
import type { JobHandler } from '../job/job-handler.ts';
import type { SignalSource, StopSignal } from './shutdown.ts';

type AnySignal = StopSignal | 'SIGHUP';

export interface JobQuotaLimits {
  /** Jobs to run; 0: any number. */
  readonly maxBuilds: number;
  /** Seconds without a job after which it ends; 0: for ever. */
  readonly waitTimeout: number;
}

/** Lets a daemon drain by itself: a source of signals that adds a SIGQUIT when enough jobs came, or none for too long. */
export class JobQuota implements SignalSource, Disposable {
  readonly #limits: JobQuotaLimits;
  readonly #process: SignalSource;
  readonly #own = new EventEmitter();
  #begun = 0;
  #running = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(limits: JobQuotaLimits, process: SignalSource) {
    this.#limits = limits;
    this.#process = process;
    this.#startIdling();
  }

  on(signal: AnySignal, listener: (signal: NodeJS.Signals) => void): void {
    this.#process.on(signal, listener);
    this.#own.on(signal, listener);
  }

  off(signal: AnySignal, listener: (signal: NodeJS.Signals) => void): void {
    this.#process.off(signal, listener);
    this.#own.off(signal, listener);
  }

  /** The handler, counted. The last job's begin ends the asking, so that no further job is taken and left. */
  count(handle: JobHandler): JobHandler {
    return async (assignment) => {
      clearTimeout(this.#idle);
      this.#begun += 1;
      this.#running += 1;
      if (this.#begun === this.#limits.maxBuilds) this.#own.emit('SIGQUIT', 'SIGQUIT');
      await handle(assignment);
      this.#running -= 1;
      if (this.#running === 0) this.#startIdling();
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#idle);
  }

  #startIdling(): void {
    if (this.#limits.waitTimeout <= 0) return;
    this.#idle = setTimeout(() => this.#own.emit('SIGQUIT', 'SIGQUIT'), this.#limits.waitTimeout * 1000);
  }
}
