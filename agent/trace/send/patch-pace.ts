import { backoffDelay } from '../../common/backoff.ts';
import type { JobReply } from '../../coordinator/coordinator.ts';

const largestPatch = 1 << 20;
const smallestPatch = 1 << 16;
const firstIntervalMs = 1000;
/** While nothing is accepted, no wait is longer than this or the coordinator's interval, whichever is longer. */
const trouble = { firstMs: 1000, maxMs: 15_000, jitter: true };
/** In the final phase no pause is longer, whatever interval the coordinator has set for a running job. */
const finalPauseMs = 3000;
/** An attempt that had no answer for so long may have been too much for the line. */
const slowMs = 30_000;

/** How much of the trace goes into one patch, and how long to wait for the next. */
export class PatchPace {
  #intervalMs = firstIntervalMs;
  #patchSize = largestPatch;
  #failures = 0;
  #demandedMs = 0;

  /** Bytes of one patch, at most. */
  get patchSize(): number {
    return this.#patchSize;
  }

  /** Milliseconds from the beginning of one patch to the next. */
  get waitMs(): number {
    const backoff = this.#failures < 2 ? 0 : backoffDelay(trouble, this.#failures - 1);
    return Math.max(this.#intervalMs, backoff, this.#demandedMs);
  }

  /** Milliseconds to wait between two tries of the final phase. */
  get pauseMs(): number {
    return Math.min(this.#intervalMs, finalPauseMs);
  }

  /** Milliseconds that the last reply wanted to be waited. */
  get demandedMs(): number {
    return this.#demandedMs;
  }

  /** Any reply may set the interval, or ask for a wait. */
  observe({ updateInterval, retryAfterMs = 0 }: JobReply): void {
    this.#demandedMs = retryAfterMs;
    if (updateInterval !== undefined) this.#intervalMs = updateInterval * 1000;
  }

  /** A patch was answered, or after `tookMs` milliseconds given up (status -1). Returns whether a smaller one may do better at once. */
  answered(status: number, tookMs: number): boolean {
    const passing = status === -1 || status === 408 || status === 429 || status >= 500;
    this.#failures = passing ? this.#failures + 1 : 0;
    const tooMuch = status === 413 || (status === -1 && tookMs >= slowMs);
    if (!tooMuch || this.#patchSize <= smallestPatch) return false;
    this.#patchSize /= 2;
    return status === 413;
  }
}
