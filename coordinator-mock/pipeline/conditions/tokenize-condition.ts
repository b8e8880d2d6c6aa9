const operators = ['==', '!=', '=~', '!~', '&&', '||', '!'] as const;
export type ConditionOperator = (typeof operators)[number];

export type ConditionToken =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'constant'; readonly value: null | boolean }
  | { readonly kind: 'operator'; readonly name: ConditionOperator }
  | { readonly kind: 'parenthesis'; readonly open: boolean };

/** A condition that cannot be read; the message is a sentence without a place. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

const tokenPattern =
  /\s*(?:(?<parenthesis>[()])|\$(?<variable>\w+)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<pattern>\/(?:\\.|[^\\/])+\/[ismU]*)|(?<constant>(?:null|true|false)\b)|(?<operator>==|!=|=~|!~|&&|\|\||!))\s*/y;

/** GitLab's own limit. */
const maxTokens = 100;

/** The words of a condition of `rules: if`. */
export function tokenizeCondition(text: string): ConditionToken[] {
  const tokens: ConditionToken[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) throw new ConditionError(describeProblem(text.slice(start).trim()));
    tokens.push(toToken(groups));
    if (tokens.length > maxTokens) throw new ConditionError(`it has more than ${maxTokens} words`);
  }
  if (tokens.length === 0) throw new ConditionError('it is empty');
  return tokens;
}

function toToken(groups: Record<string, string | undefined>): ConditionToken {
  const { parenthesis, variable, double, single, pattern, constant, operator } = groups;
  if (parenthesis !== undefined) return { kind: 'parenthesis', open: parenthesis === '(' };
  if (variable !== undefined) return { kind: 'variable', name: variable };
  if (pattern !== undefined) return { kind: 'pattern', source: pattern };
  if (constant !== undefined) return { kind: 'constant', value: constant === 'null' ? null : constant === 'true' };
  const name = operators.find((candidate) => candidate === operator);
  if (name !== undefined) return { kind: 'operator', name };
  return { kind: 'string', value: double ?? single ?? '' };
}

function describeProblem(rest: string): string {
  if (rest.startsWith('${')) return `\`${rest}\`: write a variable as $NAME, without braces`;
  if (/^=[^=~]/.test(rest)) return `\`${rest}\`: a comparison is written ==`;
  if (/^["'/]/.test(rest)) return `\`${rest}\` is not closed`;
  if (/^\w/.test(rest)) return `\`${rest}\`: a text needs quotes, a variable needs a $`;
  return `\`${rest}\` is not understood`;
}
