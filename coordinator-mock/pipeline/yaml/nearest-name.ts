import { distance } from 'fastest-levenshtein';

/** The known name that `name` is most likely a slip of, if any. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || steps < best.distance) best = { name: candidate, distance: steps };
  }
  if (best === undefined) return undefined;
  return best.distance <= Math.max(1, Math.floor(Math.min(name.length, best.name.length) / 3)) ? best.name : undefined;
}

/** `; did you mean ...?` for the end of a sentence, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
}
