const longestWaitMs = 3_600_000;

/** Milliseconds of a `Retry-After` header, in seconds or as a date, one hour at most; undefined without a usable one. */
export function retryAfterMs(header: string | undefined, wallClock: () => number = Date.now): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - wallClock();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), longestWaitMs);
}
