import { backoffDelay } from '../common/backoff.ts';
import type { Clock } from '../common/clock.ts';
import type { HttpResponse } from './http-transport.ts';

const maxAttempts = 5;
const backoff = { firstMs: 100, maxMs: 60_000, jitter: true };
/** A coordinator's clock may be wrong; no single wait is longer than this. */
const longestWaitMs = 3_600_000;
const passing: readonly number[] = [408, 429, 500, 502, 503, 504];

/** A status that may be gone at the next attempt. */
export const isRetriableStatus = (status: number): boolean => passing.includes(status) || status >= 512;

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** An answer that asks for a longer wait than these milliseconds is handed up. */
  readonly patienceMs?: number | undefined;
}

/**
 * Repeats `send` while its answer is of a passing kind, five attempts at most; the fifth answer is handed up as it is.
 * What `send` throws is not retried. An abort ends a wait at once with the signal's reason.
 */
export async function retryRequest(
  send: () => Promise<HttpResponse>,
  { clock, signal, patienceMs = longestWaitMs }: RetryOptions,
): Promise<HttpResponse> {
  for (let attempt = 0; ; attempt++) {
    const response = await send();
    if (!isRetriableStatus(response.status) || attempt + 1 >= maxAttempts) return response;
    const wait = retryWait(response, attempt);
    if (wait > patienceMs) return response;
    await clock.sleep(wait, signal);
  }
}

/** Milliseconds until the next attempt: as the answer says, else growing waits. */
export function retryWait(response: Pick<HttpResponse, 'headers'>, attempt: number, wallClock = Date.now): number {
  return demandedWait(response, wallClock) ?? backoffDelay(backoff, attempt);
}

/** Milliseconds that an answer wants to be waited: `RateLimit-ResetTime` (a date), else `Retry-After` (seconds); undefined when it does not say. */
export function demandedWait({ headers }: Pick<HttpResponse, 'headers'>, wallClock = Date.now): number | undefined {
  const untilReset = Date.parse(headers['ratelimit-resettime'] ?? '') - wallClock();
  if (untilReset > 0) return Math.min(untilReset, longestWaitMs);
  const after = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(after) && Number(after) > 0) return Math.min(Number(after) * 1000, longestWaitMs);
  return undefined;
}
