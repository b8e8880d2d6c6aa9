import { StopError, type StopReason } from '../common/errors/stop-error.ts';
import type { JobTimeouts } from '../spec/job-spec.ts';
import type { StageSignals } from '../stages/stage.ts';

/** The longest time that a timer of the runtime can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Phase = 'before script' | 'script' | 'after script';

/**
 * Decides what of a job stops, and why. The first reason wins and is kept to the end.
 * A cancel stops all before the script, the script while it runs, and nothing after it; every other reason stops all.
 */
export class JobDeadline implements StageSignals, Disposable {
  readonly #job = new AbortController();
  readonly #script = new AbortController();
  #timeouts: JobTimeouts;
  readonly #timers: NodeJS.Timeout[] = [];
  #phase: Phase = 'before script';
  #reason: StopReason | undefined;

  readonly #onStop: (reason: StopReason) => void;

  /** What is left of the job's time, in milliseconds, counts from now. `onStop`: called once, before anything stops. */
  constructor(jobMs: number, onStop: (reason: StopReason) => void = () => undefined) {
    this.#timeouts = { job: jobMs, script: undefined, afterScript: jobMs };
    this.#onStop = onStop;
    this.#after(jobMs, () => this.stop('timeout'));
  }

  /** Sets the limits of the scripts, before they begin. */
  limitScripts(timeouts: JobTimeouts): void {
    this.#timeouts = timeouts;
  }

  get job(): AbortSignal {
    return this.#job.signal;
  }

  /** Why the job was stopped; undefined when it was not. */
  get reason(): StopReason | undefined {
    return this.#reason;
  }

  stop(reason: StopReason): void {
    if (reason === 'cancel' && this.#phase === 'after script') return;
    if (this.#reason === undefined) this.#onStop(reason);
    this.#reason ??= reason;
    const error = new StopError(this.#reason);
    if (this.#phase === 'script' && (reason === 'cancel' || reason === 'script_timeout')) this.#script.abort(error);
    else this.#job.abort(new StopError(reason));
  }

  /** The job was being stopped when an earlier process of the agent left it: its script has to end. */
  resumeStop(reason: StopReason): void {
    this.#reason = reason;
  }

  enterScript(begunMsAgo = 0): AbortSignal {
    this.#phase = 'script';
    if (this.#reason !== undefined) this.stop(this.#reason);
    if (this.#timeouts.script !== undefined)
      this.#after(this.#timeouts.script - begunMsAgo, () => this.#scriptTimeout());
    return AbortSignal.any([this.#job.signal, this.#script.signal]);
  }

  leaveScript(): StopReason | undefined {
    this.#phase = 'after script';
    return this.#reason;
  }

  enterAfterScript(begunMsAgo = 0): AbortSignal {
    const own = new AbortController();
    this.#after(this.#timeouts.afterScript - begunMsAgo, () => own.abort(new StopError('script_timeout')));
    return AbortSignal.any([this.#job.signal, own.signal]);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #scriptTimeout(): void {
    if (this.#phase === 'script') this.stop('script_timeout');
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, Math.max(0, Math.min(ms, LONGEST_TIMER_MS))));
  }
}
