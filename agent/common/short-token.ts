const PREFIXES: readonly RegExp[] = [/^(?:glrt-(?:t[123]_)?|t[123]_|glrtr-)/, /^glcbt-/, /^GR[0-9A-Fa-f]{7}/];
const LENGTH = 9;

/** The part of a token that may be shown and that names containers: known prefixes off, then nine characters. */
export function shortToken(token: string): string {
  return PREFIXES.reduce((rest, prefix) => rest.replace(prefix, ''), token).slice(0, LENGTH);
}
