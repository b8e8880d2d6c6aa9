import { whenAborted } from '../common/abort.ts';
import type { Clock } from '../common/clock.ts';
import type { Logger } from '../common/logger.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT';

/** `on_sigterm`: whether SIGTERM ends running jobs, or leaves them to the next start of the agent. */
export type SigtermPolicy = 'abort' | 'detach';

export interface ShutdownOptions {
  /** Asked when the signal comes; `abort` when left out. */
  readonly onSigterm?: () => SigtermPolicy;
  /** Milliseconds on a monotonic clock. */
  readonly now?: () => number;
}

/** Where the process's signals come from; `process` is one. */
export interface SignalSource {
  on(signal: StopSignal | 'SIGHUP', listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: StopSignal | 'SIGHUP', listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Running jobs were told to stop because the agent stops. */
export class ShutdownError extends Error {
  constructor(cause: string) {
    super(`the agent was stopped by ${cause}`);
    this.name = 'ShutdownError';
  }
}

export const isShutdownError = (error: unknown): error is ShutdownError => error instanceof ShutdownError;

/**
 * Shells and `npm run` pass a signal on that the whole process group gets as well: the same signal once more within this
 * time is an echo, not a second wish.
 */
const echoMs = 250;

const stopSignals: readonly StopSignal[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];

/**
 * How the agent stops. SIGQUIT drains: no more jobs, running ones finish. SIGINT aborts: running jobs end at once. SIGTERM
 * aborts or detaches: jobs go on without the agent. SIGQUIT may be followed by SIGTERM or SIGINT; any signal after one of
 * these two ends the process now.
 */
export class Shutdown implements Disposable {
  readonly #source: SignalSource;
  readonly #logger: Logger;
  readonly #drain = new AbortController();
  readonly #abort = new AbortController();
  readonly #detach = new AbortController();
  readonly #force = new AbortController();
  readonly #onSigterm: () => SigtermPolicy;
  readonly #now: () => number;
  #last: { signal: NodeJS.Signals; at: number } | undefined;

  constructor(source: SignalSource, logger: Logger, options: ShutdownOptions = {}) {
    this.#source = source;
    this.#logger = logger;
    this.#onSigterm = options.onSigterm ?? (() => 'abort');
    this.#now = options.now ?? (() => performance.now());
    for (const signal of stopSignals) source.on(signal, this.#onSignal);
  }

  /** Aborts on the first signal: ask for no more jobs. */
  get stopping(): AbortSignal {
    return this.#drain.signal;
  }

  /** Aborts when running jobs have to end, with a ShutdownError. */
  get aborting(): AbortSignal {
    return this.#abort.signal;
  }

  /** Aborts when the process is about to end and running jobs have to be left as they are. Never together with `aborting`. */
  get detaching(): AbortSignal {
    return this.#detach.signal;
  }

  /** Aborts when the process must not wait for anything any more. */
  get forced(): AbortSignal {
    return this.#force.signal;
  }

  /**
   * The exit code: 0 once `finished` has resolved; 1 when a further signal forces the end or when `timeoutMs` after an abort
   * or a detach are over.
   */
  async exitCode(finished: Promise<void>, clock: Clock, timeoutMs: () => number): Promise<number> {
    const over = new AbortController();
    const forced = whenAborted(this.#force.signal).then(() => 1);
    const late = this.#takesTooLong(clock, timeoutMs, over.signal);
    try {
      return await Promise.race([finished.then(() => 0), forced, late]);
    } finally {
      over.abort();
      this.#force.abort();
    }
  }

  [Symbol.dispose](): void {
    for (const signal of stopSignals) this.#source.off(signal, this.#onSignal);
  }

  async #takesTooLong(clock: Clock, timeoutMs: () => number, over: AbortSignal): Promise<number> {
    await Promise.race([whenAborted(this.#abort.signal), whenAborted(this.#detach.signal)]);
    const limit = timeoutMs();
    try {
      await clock.sleep(limit, over);
    } catch {
      return 0;
    }
    const what = this.#detach.signal.aborted ? 'The agent could not let go of its jobs' : 'Not all jobs could be ended';
    this.#logger.error({ seconds: limit / 1000 }, `${what} within shutdown_timeout`);
    return 1;
  }

  #isEcho(signal: NodeJS.Signals): boolean {
    const at = this.#now();
    const echo = this.#last?.signal === signal && at - this.#last.at < echoMs;
    if (!echo) this.#last = { signal, at };
    return echo;
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#isEcho(signal)) return;
    const reason = new ShutdownError(signal);
    if (this.#abort.signal.aborted || this.#detach.signal.aborted) {
      this.#logger.warn({ signal }, 'Told to stop again, ending at once');
      this.#force.abort(reason);
    } else if (signal === 'SIGQUIT') {
      this.#logger.info({ signal }, 'Told to drain: running jobs finish, no more are asked for');
    } else if (signal === 'SIGTERM' && this.#onSigterm() === 'detach') {
      this.#logger.info({ signal }, 'Told to stop: running jobs go on, the next start of the agent takes them over');
      this.#detach.abort(reason);
    } else {
      this.#logger.warn({ signal }, 'Told to stop: running jobs are aborted');
      this.#abort.abort(reason);
    }
    this.#drain.abort(reason);
  };
}
