import picomatch from 'picomatch';

/** What doublestar knows, and nothing more: `*`, `**`, `?`, `[..]`, `{a,b}`; letter case counts. */
const OPTIONS = { dot: true, noextglob: true, nonegate: true } as const;

/** Whether a glob in doublestar's notation matches one of the names of an image. `*` stops at `/`, `**` does not. */
export function matchesImage(glob: string, names: readonly string[]): boolean {
  if (glob === '') return false;
  // the notation has both, the matcher only the second
  const matches = picomatch(glob.replaceAll('[!', '[^'), OPTIONS);
  return names.some((name) => matches(name));
}
