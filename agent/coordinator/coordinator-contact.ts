import { onAbort } from '../common/abort.ts';
import type { Clock } from '../common/clock.ts';
import { noAnswer } from './coordinator-error.ts';

/**
 * Whether one coordinator answers, as all calls to it together show. Whoever waits because it did not is woken by the first
 * call that it answers again.
 */
export class CoordinatorContact {
  readonly #waiting = new Set<() => void>();
  #answers = 0;
  #out = false;

  /** Calls that were answered sensibly so far: with anything but silence, 408, 429 or 5xx. */
  get answers(): number {
    return this.#answers;
  }

  /** Takes the outcome of one more call into account: an HTTP status, or -1 for no answer. */
  note(status: number): void {
    if (status === noAnswer || status >= 500) this.#out = true;
    else if (status !== 408 && status !== 429) this.#good();
  }

  /**
   * Waits `ms` milliseconds, or until the coordinator answers again after it did not. Resolves with whether that was the
   * case; rejects with the signal's reason only.
   */
  async rest(ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
    const nap = new AbortController();
    using _ = onAbort(signal, (reason) => nap.abort(reason));
    let woken = false;
    const wake = (): void => {
      woken = true;
      nap.abort();
    };
    this.#waiting.add(wake);
    try {
      await clock.sleep(ms, nap.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!woken) throw error;
    } finally {
      this.#waiting.delete(wake);
    }
    return woken;
  }

  #good(): void {
    this.#answers++;
    if (!this.#out) return;
    this.#out = false;
    for (const wake of this.#waiting) wake();
  }
}

/** One contact for each coordinator, whoever calls it. */
export class CoordinatorContacts {
  readonly #contacts = new Map<string, CoordinatorContact>();

  /** `url` as in the configuration. */
  of(url: string): CoordinatorContact {
    const known = this.#contacts.get(url) ?? new CoordinatorContact();
    this.#contacts.set(url, known);
    return known;
  }
}
