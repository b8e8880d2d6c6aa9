import { compilePattern } from './condition-pattern.ts';
import { ConditionError, tokenizeCondition, type ConditionToken } from './tokenize-condition.ts';

export type Operand =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'value'; readonly value: string | null | boolean }
  | { readonly kind: 'pattern'; readonly source: string };

/** A condition of `rules: if`, ready to be evaluated. */
export type Condition =
  | Operand
  | { readonly kind: 'not'; readonly inner: Condition }
  | { readonly kind: 'both' | 'either'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'equal' | 'match'; readonly left: Condition; readonly right: Condition };

/*
 * either := both ('||' both)*        both := compared ('&&' compared)*
 * compared := single (('==' | '!=' | '=~' | '!~') single)?
 * single := '!' single | '(' either ')' | operand
 */

/** @throws ConditionError when `text` is not a condition. */
export function parseCondition(text: string): Condition {
  const cursor = { tokens: tokenizeCondition(text), index: 0 };
  const condition = parseEither(cursor);
  const rest = cursor.tokens[cursor.index];
  if (rest !== undefined) throw new ConditionError(`${describe(rest)} is in the wrong place`);
  return condition;
}

interface Cursor {
  readonly tokens: readonly ConditionToken[];
  index: number;
}

function parseEither(cursor: Cursor): Condition {
  let left = parseBoth(cursor);
  while (takeOperator(cursor, ['||']) !== undefined) left = { kind: 'either', left, right: parseBoth(cursor) };
  return left;
}

function parseBoth(cursor: Cursor): Condition {
  let left = parseCompared(cursor);
  while (takeOperator(cursor, ['&&']) !== undefined) left = { kind: 'both', left, right: parseCompared(cursor) };
  return left;
}

function parseCompared(cursor: Cursor): Condition {
  const left = parseSingle(cursor);
  const operator = takeOperator(cursor, ['==', '!=', '=~', '!~']);
  if (operator === undefined) return left;
  const right = parseSingle(cursor);
  const isMatch = operator.endsWith('~');
  if (isMatch && right.kind !== 'pattern' && right.kind !== 'variable' && right.kind !== 'value') {
    throw new ConditionError(`the right side of ${operator} must be a /pattern/ or a variable`);
  }
  const compared: Condition = { kind: isMatch ? 'match' : 'equal', left, right };
  return operator.startsWith('!') ? { kind: 'not', inner: compared } : compared;
}

function parseSingle(cursor: Cursor): Condition {
  if (takeOperator(cursor, ['!']) !== undefined) return { kind: 'not', inner: parseSingle(cursor) };
  const token = cursor.tokens[cursor.index];
  cursor.index += 1;
  if (token === undefined) throw new ConditionError('it ends too early');
  if (token.kind === 'parenthesis' && token.open) {
    const inner = parseEither(cursor);
    const close = cursor.tokens[cursor.index];
    cursor.index += 1;
    if (close?.kind !== 'parenthesis' || close.open) throw new ConditionError('a parenthesis is not closed');
    return inner;
  }
  if (token.kind === 'operator' || token.kind === 'parenthesis') {
    throw new ConditionError(`${describe(token)} is in the wrong place`);
  }
  return toOperand(token);
}

function toOperand(token: Exclude<ConditionToken, { kind: 'operator' | 'parenthesis' }>): Operand {
  if (token.kind === 'variable') return token;
  if (token.kind !== 'pattern') return { kind: 'value', value: token.value };
  compilePattern(token.source);
  return token;
}

function takeOperator(cursor: Cursor, names: readonly string[]): string | undefined {
  const token = cursor.tokens[cursor.index];
  if (token?.kind !== 'operator' || !names.includes(token.name)) return undefined;
  cursor.index += 1;
  return token.name;
}

function describe(token: ConditionToken): string {
  if (token.kind === 'parenthesis') return token.open ? '"("' : '")"';
  if (token.kind === 'variable') return `$${token.name}`;
  if (token.kind === 'operator') return `"${token.name}"`;
  if (token.kind === 'pattern') return token.source;
  return token.kind === 'string' ? `"${token.value}"` : String(token.value);
}
