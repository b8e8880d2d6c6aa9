import { SetupError } from '../scripts/common/setup-error.ts';
import { type Scenario, SCENARIOS } from './scenarios.ts';

/** What of the bench is to run. */
export interface BenchPart {
  readonly scenarios: readonly Scenario[];
  readonly burst: boolean;
  readonly cancel: boolean;
  readonly services: boolean;
  readonly journal: boolean;
  readonly isAll: boolean;
}

/** Reads the command line: names of what is to run, none for all. Throws `SetupError` for another word. */
export function choosePart(words: readonly string[]): BenchPart {
  const known = [...SCENARIOS.map(({ name }) => name), 'burst', 'cancel', 'services', 'journal'];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new SetupError(`"${unknown}" is no part of the bench: say ${known.join(', ')}`);
  const isAll = words.length === 0;
  const wants = (name: string): boolean => isAll || words.includes(name);
  return {
    scenarios: SCENARIOS.filter(({ name }) => wants(name)),
    burst: wants('burst'),
    cancel: wants('cancel'),
    services: wants('services'),
    journal: wants('journal'),
    isAll,
  };
}
