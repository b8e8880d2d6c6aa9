const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes `text` as one word for any POSIX shell (bash, dash, busybox): single quotes only. NUL bytes cannot exist in a word and are dropped. */
export function shellQuote(text: string): string {
  const clean = text.replaceAll('\0', '');
  return PLAIN.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`;
}
