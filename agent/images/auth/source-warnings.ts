import type { ReadSource } from './plan-offers.ts';
import { shownKey } from './keys/shown-key.ts';

/** A config with more broken entries than this is broken as a whole; the log need not have them all. */
const MAX_ENTRIES = 10;

/** What is wrong with a source, one line each, naming source and key and never content. */
export function sourceWarnings({ source, config }: ReadSource): string[] {
  const problems = source.problem === undefined ? config.problems : [source.problem];
  const whole = problems.map((problem) => `${source.name}: ${problem}; this part is left out`);
  const entries = config.auths.flatMap(({ key, problem }) =>
    problem === undefined ? [] : [`${source.name}: ${shownKey(key)}: ${problem}; this entry is left out`],
  );
  const keys = [...config.auths.filter(({ secret }) => secret !== undefined), ...config.helpers];
  const nowhere = keys.flatMap(({ key, path }) =>
    path === undefined ? [`${source.name}: ${shownKey(key)} names no registry; this entry is left out`] : [],
  );
  return [...whole, ...shortened([...entries, ...nowhere], source.name)];
}

function shortened(warnings: readonly string[], name: string): string[] {
  const rest = warnings.length - MAX_ENTRIES;
  return rest > 0 ? [...warnings.slice(0, MAX_ENTRIES), `${name}: ${rest} more entries are left out`] : [...warnings];
}
