import { backoffDelay, type BackoffPlan } from '../common/backoff.ts';
import type { Clock } from '../common/clock.ts';
import { noAnswer } from '../coordinator/coordinator-error.ts';
import type { CoordinatorContact } from '../coordinator/coordinator-contact.ts';
import type { JobReply } from '../coordinator/coordinator.ts';

/** A coordinator that answers, but not as it should. */
const troubled: BackoffPlan = { firstMs: 1000, maxMs: 3_600_000, jitter: true };
/** One that has its own trouble for everybody: it may be back at any moment. */
const broken: BackoffPlan = { firstMs: 1000, maxMs: 300_000, jitter: true };
/** One that is not there: the result has to arrive soon after it is back. */
const away: BackoffPlan = { firstMs: 1000, maxMs: 15_000, jitter: true };
const awayStatuses: readonly number[] = [noAnswer, 502, 503, 504];

export interface RoundPatienceOptions {
  readonly clock: Clock;
  /** Failing rounds that are too many. */
  readonly limit: number;
  /** What other calls say of the coordinator; undefined: nothing is known. */
  readonly contact: CoordinatorContact | undefined;
}

/**
 * How often and how long the rounds of one result go on. A round counts against the limit when it failed for a reason of its
 * own: not when nobody answered, nor when the coordinator asked for a wait, nor with 408, 429 or 5xx while no other call to
 * it fared better.
 */
export class RoundPatience {
  readonly #options: RoundPatienceOptions;
  #rounds = 0;
  #counted = 0;
  #answers: number;
  #plan: BackoffPlan = troubled;
  #step = 0;
  #woken = false;
  #demandedMs = 0;

  constructor(options: RoundPatienceOptions) {
    this.#options = options;
    this.#answers = options.contact?.answers ?? 0;
  }

  /** Rounds that have failed. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Whether one more counted failure is the end. */
  get last(): boolean {
    return this.#counted >= this.#options.limit - 1;
  }

  /** A round has failed with this status, -1 for no answer. Returns whether there may be another one. */
  failed({ status, retryAfterMs = 0 }: Pick<JobReply, 'status' | 'retryAfterMs'>): boolean {
    this.#demandedMs = retryAfterMs;
    this.#plan = retryAfterMs > 0 ? broken : this.#planFor(status);
    this.#rounds++;
    if (this.#plan === troubled) this.#counted++;
    this.#step = this.#plan === troubled ? this.#counted - 1 : this.#rounds - 1;
    this.#answers = this.#options.contact?.answers ?? 0;
    return this.#counted < this.#options.limit;
  }

  /**
   * Waits for the next round; a coordinator that answers again ends the wait, but not twice in a row: one that answers
   * others and never this job must not be asked as fast as that. A wait that the coordinator has asked for is kept.
   */
  async rest(signal: AbortSignal): Promise<void> {
    const { clock, contact } = this.#options;
    const ms = Math.max(this.#demandedMs, backoffDelay(this.#plan, this.#step));
    if (contact === undefined || this.#woken || this.#plan === troubled || this.#demandedMs > 0) {
      this.#woken = false;
      await clock.sleep(ms, signal);
    } else this.#woken = await contact.rest(ms, clock, signal);
  }

  #planFor(status: number): BackoffPlan {
    if (awayStatuses.includes(status)) return away;
    const { contact } = this.#options;
    const passing = status === 408 || status === 429 || status >= 500;
    return passing && contact !== undefined && contact.answers === this.#answers ? broken : troubled;
  }
}
