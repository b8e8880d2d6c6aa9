import { refusedValue } from './refused-value.ts';

/** `[source:]destination[:options]` of `volumes`, as written. */
export interface VolumeText {
  /** A path of the host or the name of a volume; undefined: a volume of the agent's own. */
  readonly source: string | undefined;
  readonly destination: string;
  readonly options: string | undefined;
}

const FORM = '/path, or source:/path[:options]';
/** Of each kind, one. What the engine at hand cannot do of them (O is Podman's) it refuses itself. */
const KINDS: readonly RegExp[] = [/^(?:ro|rw|o)$/i, /^z$/i, /^r?(?:shared|slave|private)$/, /^nocopy$/];
const OWN_OPTIONS = 'rw';

/**
 * Takes a line of `volumes` apart.
 * @throws {JobFailure} for a line that has another form, and for options that nobody knows
 */
export function volumeText(text: string): VolumeText {
  const wrong = (expected: string): Error => refusedValue('volumes', text, expected, 'runner_configuration_error');
  const parts = text.split(':');
  if (parts.length > 3 || parts.some((part) => part === '')) throw wrong(FORM);
  const [first = '', second, third] = parts;
  if (second === undefined) return { source: undefined, destination: first, options: undefined };
  if (third === undefined && first.startsWith('/') && areOptions(second)) {
    if (second !== OWN_OPTIONS) throw wrong(`a source: a volume of the agent's own cannot be "${second}"`);
    return { source: undefined, destination: first, options: undefined };
  }
  if (third !== undefined && !areOptions(third))
    throw wrong('options out of ro, rw, O, z, Z, nocopy, [r]shared, [r]slave, [r]private, each kind once');
  return { source: first, destination: second, options: third };
}

function areOptions(text: string): boolean {
  const kinds = text.split(',').map((option) => KINDS.findIndex((kind) => kind.test(option)));
  return !kinds.includes(-1) && new Set(kinds).size === kinds.length;
}
