import { backoffDelay, type BackoffPlan } from '../common/backoff.ts';
import type { Clock } from '../common/clock.ts';
import { DockerError } from '../docker/docker-error.ts';
import { isRateLimit, pullErrorKind } from './pull-error.ts';

const PLAN: BackoffPlan = { firstMs: 1000, maxMs: 15_000, jitter: true };

/** How long a pull is tried again for, milliseconds from its begin. */
const LIMITS = { unreachable: 60_000, busy: 300_000 } as const;

export interface PullRetry {
  readonly clock: Clock;
  readonly random?: () => number;
  /** Milliseconds that the registry asks to be left alone, where it can be known. */
  retryAfter(signal: AbortSignal): Promise<number | undefined>;
  /** Called before each wait. */
  onRetry(error: Error, waitMs: number): void;
}

/**
 * Repeats a pull as long as waiting may mend it: a limit of time, not of tries.
 * Rejects with the last failure, or at once with one that no repetition mends.
 */
export async function retryPull(attempt: () => Promise<void>, options: PullRetry, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  const begin = clock.now();
  for (let round = 0; ; round++) {
    try {
      return await attempt();
    } catch (error) {
      const kind = pullErrorKind(error);
      if (signal.aborted || !(error instanceof DockerError) || (kind !== 'busy' && kind !== 'unreachable')) throw error;
      const asked = isRateLimit(error) ? await options.retryAfter(signal) : undefined;
      const wait = Math.max(asked ?? 0, backoffDelay(PLAN, round, options.random));
      if (clock.now() + wait - begin > LIMITS[kind]) throw error;
      options.onRetry(error, wait);
      await clock.sleep(wait, signal);
    }
  }
}
