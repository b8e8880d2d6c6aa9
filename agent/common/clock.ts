import { setTimeout as delay } from 'node:timers/promises';

/** Time as the agent counts it; tests put their own in its place. */
export interface Clock {
  /** Milliseconds on a monotonic clock. Only differences mean something. */
  now(): number;
  /** Resolves after `ms` milliseconds (0 or less: in the next turn). Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest wait that a timer of the runtime can hold; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.min(ms, longestTimer), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error;
    }
  },
};
