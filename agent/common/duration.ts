const unitsInMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Milliseconds of a duration in Go's notation, such as `1h30m`, `1.5s` or `-250ms`; a bare `0` is allowed.
 * Undefined for anything else.
 */
export function parseDuration(text: string): number | undefined {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  let total = 0;
  part.lastIndex = 0;
  for (let end = 0; end < body.length; end = part.lastIndex) {
    const match = part.exec(body);
    if (match === null) return undefined;
    total += Number(match[1]) * (unitsInMs[match[2] ?? ''] ?? Number.NaN);
  }
  if (body === '') return undefined;
  return text.startsWith('-') ? -total : total;
}

/** A duration for people: `450ms`, `3.2s`, `2m 5s`, `1h 0m 3s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m ${seconds % 60}s`;
}
