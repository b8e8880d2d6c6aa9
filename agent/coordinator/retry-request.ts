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

/**
 * Repeats `send` while its answer is of a passing kind, five attempts at most; the fifth answer is handed up as it is.
 * What `send` throws is not retried. An abort ends a wait at once with the signal's reason.
 */
export async function retryRequest(
  send: () => Promise<HttpResponse>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  for (let attempt = 0; ; attempt++) {
    const response = await send();
    if (!isRetriableStatus(response.status) || attempt + 1 >= maxAttempts) return response;
    await clock.sleep(retryWait(response, attempt), signal);
  }
}

/** Milliseconds until the next attempt: `RateLimit-ResetTime` (a date), else `Retry-After` (seconds), else growing waits. */
export function retryWait({ headers }: Pick<HttpResponse, 'headers'>, attempt: number, wallClock = Date.now): number {
  const untilReset = Date.parse(headers['ratelimit-resettime'] ?? '') - wallClock();
  if (untilReset > 0) return Math.min(untilReset, longestWaitMs);
  const after = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(after) && Number(after) > 0) return Math.min(Number(after) * 1000, longestWaitMs);
  return backoffDelay(backoff, attempt);
}
