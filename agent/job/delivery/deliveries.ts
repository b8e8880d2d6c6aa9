import PQueue from 'p-queue';
import { raceAbort } from '../../common/abort.ts';
import { systemClock, type Clock } from '../../common/clock.ts';
import type { Logger } from '../../common/logger.ts';
import { Delivery } from './delivery.ts';
import type { Parcel } from './parcel.ts';
import { SpoolRoom } from './spool-room.ts';

export interface DeliveriesOptions {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Rounds of waiting results that are under way at a time: a coordinator that is back is not to be run over. */
const parallel = 4;
/** How long a job holds its slot for the first try. */
const firstTryMs = 5000;

/**
 * Results on their way to the coordinator. A result that is not taken at once waits here, with its trace on disk, and holds
 * no slot.
 */
export class Deliveries {
  readonly room: SpoolRoom;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #turns = new PQueue({ concurrency: parallel });
  readonly #waiting = new Set<Delivery>();
  readonly #stop = new AbortController();
  #onIdle: (() => void)[] = [];
  #left = 0;

  constructor({ logger, clock = systemClock, now = Date.now }: DeliveriesOptions) {
    this.#clock = clock;
    this.#now = now;
    this.room = new SpoolRoom({ logger, clock, bytes: () => this.bytes });
  }

  /** Results that are not taken yet. */
  get count(): number {
    return this.#waiting.size;
  }

  /** Results that `stop` has left on disk. */
  get left(): number {
    return this.#left;
  }

  /** Bytes of their traces. */
  get bytes(): number {
    let sum = 0;
    for (const { parcel } of this.#waiting) sum += parcel.trace.size;
    return sum;
  }

  /**
   * Sends a result until the coordinator has taken or refused it. Resolves when that is so, or after the first try if it
   * was of no use or takes too long: the rest goes on by itself. Never rejects. After `stop` the result stays on disk.
   */
  async add(parcel: Parcel): Promise<void> {
    if (this.#stop.signal.aborted) {
      this.#left++;
      return parcel.release(true);
    }
    const delivery = new Delivery(parcel, { clock: this.#clock, now: this.#now, stop: this.#stop.signal });
    this.#waiting.add(delivery);
    const over = delivery.run((round) => this.#turns.add(round)).finally(() => this.#ended(delivery));
    const patience = new AbortController();
    const late = this.#clock.sleep(firstTryMs, patience.signal).catch(() => undefined);
    await Promise.race([over, delivery.tried, late]);
    patience.abort();
  }

  /** Resolves with how many results still wait: none, unless the signal aborts first. */
  async idle(signal: AbortSignal): Promise<number> {
    while (this.count > 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onIdle.push(resolve);
      await raceAbort(promise, signal).catch(() => undefined);
    }
    return this.count;
  }

  /** Gives up what still waits: the files stay on disk, for the agent's next start. Resolves with how many. */
  async stop(): Promise<number> {
    this.#left += this.count;
    this.#stop.abort(new Error('the agent stops'));
    await this.idle(new AbortController().signal);
    return this.#left;
  }

  #ended(delivery: Delivery): void {
    this.#waiting.delete(delivery);
    this.room.changed();
    const waiters = this.#onIdle;
    this.#onIdle = [];
    for (const wake of waiters) wake();
  }
}
