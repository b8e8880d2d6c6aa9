import { distance } from 'fastest-levenshtein';

/** The known name that `name` is most likely a slip of, if any. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: { name: string; slips: number } | undefined;
  for (const candidate of known) {
    const slips = countSlips(name.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || slips < best.slips) best = { name: candidate, slips };
  }
  if (best === undefined) return undefined;
  const length = Math.min(name.length, best.name.length);
  const allowed = length < 2 ? 0 : Math.max(1, Math.floor(length / 3));
  return best.slips <= allowed ? best.name : undefined;
}

/** Letters to change; two neighbours in the wrong order are one slip. */
function countSlips(name: string, candidate: string): number {
  const steps = distance(name, candidate);
  return steps === 2 && sortLetters(name) === sortLetters(candidate) ? 1 : steps;
}

function sortLetters(text: string): string {
  return text.split('').toSorted().join('');
}

/** `; did you mean ...?` for the end of a sentence, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
}
