import { wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

const secondsOf: readonly (readonly [RegExp, number])[] = [
  [/^(s|secs?|seconds?)$/, 1],
  [/^(m|mins?|minutes?)$/, 60],
  [/^(h|hrs?|hours?)$/, 3600],
  [/^(d|days?)$/, 86_400],
  [/^(w|wks?|weeks?)$/, 604_800],
  [/^(mos?|mons?|mths?|months?)$/, 2_592_000],
  [/^(y|yrs?|years?)$/, 31_557_600],
];

/** A duration in seconds: `1h 30m`, `90 minutes`, `2 days and 3 hours`, or a bare number of seconds. */
export function readDuration(node: YamlNode, what: string): number {
  const seconds = node.kind === 'scalar' && node.value !== null ? parseDuration(node.source) : undefined;
  if (seconds === undefined || seconds <= 0) throw wrongType(node, what, 'a duration such as "1h 30m" or "90 minutes"');
  return seconds;
}

function parseDuration(text: string): number | undefined {
  const source = text.trim().toLowerCase();
  if (/^\d+$/.test(source)) return Number(source);
  const pattern = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*(?:,|\band\b)?\s*/y;
  let total = 0;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    const unit = secondsOf.find(([name]) => name.test(match?.[2] ?? ''))?.[1];
    if (match === null || unit === undefined) return undefined;
    total += Number(match[1]) * unit;
  }
  return source === '' ? undefined : Math.round(total);
}
