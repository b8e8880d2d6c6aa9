import { ConditionError } from './tokenize-condition.ts';

/** Parts of GitLab's pattern syntax (RE2) that would silently mean something else here. */
const foreignSyntax = /(?<!\\)(?:\\\\)*(?<escape>\\[QEC]|\\p[A-Z](?!\{)|\[\[:|\(\?P?<[=!]|\(\?[=!]|\\[1-9])/;

/** `/pattern/flags` as a regular expression; the whole text need not match. */
export function compilePattern(source: string): RegExp {
  const end = source.lastIndexOf('/');
  if (!source.startsWith('/') || end < 2 || !/^[ismU]*$/.test(source.slice(end + 1))) {
    throw new ConditionError(`\`${source}\` is not a pattern such as /^v[0-9]+$/`);
  }
  let body = source.slice(1, end).replaceAll('\\/', '/');
  let flags = source.slice(end + 1);
  const inline = /^\(\?([ismU]+)\)/.exec(body);
  if (inline !== null) {
    flags += inline[1] ?? '';
    body = body.slice(inline[0].length);
  }
  const foreign = foreignSyntax.exec(body)?.groups?.['escape'];
  if (foreign !== undefined || flags.includes('U')) {
    throw new ConditionError(`\`${foreign ?? 'the flag U'}\` in ${source} is not supported`);
  }
  const translated = body
    .replaceAll(/(?<!\\)((?:\\\\)*)\\A/g, '$1^')
    .replaceAll(/(?<!\\)((?:\\\\)*)\\[zZ]/g, '$1$')
    .replaceAll('(?P<', '(?<');
  try {
    return new RegExp(translated, [...new Set(flags)].join(''));
  } catch (error) {
    throw new ConditionError(`${source} is not a valid pattern`, { cause: error });
  }
}
