const NAME = /[A-Za-z0-9_]/;
/** `$1`, `$@` ...: only a shell knows them; they expand to nothing. */
const SPECIAL = '*#@!?-0123456789';

/**
 * Replaces `$NAME` and `${NAME}` in one pass; `$$` is a dollar sign, unknown names and the shell's special parameters
 * are empty, and a dollar sign before anything else stays. Behaves as Go's os.Expand, which job authors are used to.
 */
export function expandVariables(text: string, lookup: (name: string) => string): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const dollar = text.indexOf('$', at);
    if (dollar === -1 || dollar === text.length - 1) return result + text.slice(at);
    result += text.slice(at, dollar);
    const { value, length } = reference(text, dollar + 1, lookup);
    result += value;
    at = dollar + 1 + length;
  }
  return result;
}

function reference(text: string, at: number, lookup: (name: string) => string): { value: string; length: number } {
  const first = text.charAt(at);
  if (first === '$') return { value: '$', length: 1 };
  if (first === '{') return braced(text, at, lookup);
  if (SPECIAL.includes(first)) return { value: '', length: 1 };
  let end = at;
  while (end < text.length && NAME.test(text.charAt(end))) end += 1;
  return end === at ? { value: '$', length: 0 } : { value: lookup(text.slice(at, end)), length: end - at };
}

/** An unclosed brace is dropped together with its dollar sign; `${}` is dropped whole. */
function braced(text: string, at: number, lookup: (name: string) => string): { value: string; length: number } {
  const close = text.indexOf('}', at);
  if (close === -1) return { value: '', length: 1 };
  const name = text.slice(at + 1, close);
  return {
    value: name === '' || (name.length === 1 && SPECIAL.includes(name)) ? '' : lookup(name),
    length: close - at + 1,
  };
}
