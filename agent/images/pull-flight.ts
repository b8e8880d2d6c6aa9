import { onAbort } from '../common/abort.ts';

/** Somebody who waits for a pull. */
export interface PullWatcher {
  line(text: string): void;
  warning(text: string): void;
  /** Longest time that this one waits while the registry does not serve, milliseconds; undefined: as long as it is tried. */
  readonly patienceMs?: number | undefined;
}

interface Seat {
  readonly watcher: PullWatcher;
  readonly since: number;
  readonly leave: (error: Error) => void;
}

/** One pull that any number of jobs wait for. Invariant: it goes on as long as somebody waits, and no longer. */
export class PullFlight {
  readonly #seats = new Set<Seat>();
  readonly #deserted = new AbortController();
  readonly #done: Promise<void>;

  constructor(run: (flight: PullFlight, signal: AbortSignal) => Promise<void>) {
    this.#done = run(this, this.#deserted.signal);
    // whoever waits sees the failure; a deserted flight has nobody
    this.#done.catch(() => {});
  }

  get deserted(): boolean {
    return this.#deserted.signal.aborted;
  }

  /** Settles as the pull does; rejects earlier with the signal's reason, or with the pull's failure when patience ends. */
  async join(watcher: PullWatcher, now: number, signal: AbortSignal): Promise<void> {
    const { promise: left, reject } = Promise.withResolvers<never>();
    const seat: Seat = { watcher, since: now, leave: reject };
    this.#seats.add(seat);
    using _ = onAbort(signal, reject);
    try {
      await Promise.race([this.#done, left]);
    } finally {
      this.#seats.delete(seat);
      if (this.#seats.size === 0) this.#deserted.abort();
    }
  }

  say(text: string): void {
    for (const { watcher } of this.#seats) watcher.line(text);
  }

  /** The pull failed and is tried again after `waitMs`: whoever has no patience left goes. */
  retrying(error: Error, waitMs: number, now: number): void {
    for (const { watcher, since, leave } of this.#seats) {
      const patience = watcher.patienceMs ?? Infinity;
      if (now + waitMs - since > patience) leave(error);
      else watcher.warning(`${error.message}; trying again in ${(waitMs / 1000).toFixed(1)} s`);
    }
  }
}
