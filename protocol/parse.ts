import type { z } from 'zod';
import { ProtocolError } from './protocol-error.ts';

type Issue = z.core.$ZodIssue;

/**
 * Reads a decoded JSON value as one message of the protocol. `what` names the message in errors.
 * Unknown fields are dropped, `null` becomes the absent or empty value where the schema allows it.
 * Throws ProtocolError for the first field that is wrong.
 */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = innermost(result.error.issues);
  throw new ProtocolError(
    what,
    formatPath(issue.path),
    describeExpected(issue),
    describeFound(valueAt(value, issue.path)),
  );
}

/** A union reports one issue that hides those of its branches; the first branch's is the one to name. */
function innermost(issues: readonly Issue[]): Issue {
  const [first] = issues;
  if (first === undefined) throw new TypeError('a failed parse without an issue');
  if (first.code !== 'invalid_union' || first.errors[0]?.[0] === undefined) return first;
  const inner = innermost(first.errors[0]);
  return { ...inner, path: [...first.path, ...inner.path] };
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function describeExpected(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_big') return `a number up to ${issue.maximum}`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'a string that is not empty';
  if (issue.code === 'too_small') return `a number ${issue.inclusive === true ? 'from' : 'above'} ${issue.minimum}`;
  return 'a valid value';
}

function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value === '') return 'an empty string';
  if (typeof value === 'number' && Number.isInteger(value))
    return Number.isSafeInteger(value) ? 'a number' : 'one beyond 2^53';
  if (typeof value === 'number') return 'a fraction';
  return value === Object(value) ? 'an object' : `a ${typeof value}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, key) => (typeof current === 'object' && current !== null ? Reflect.get(current, key) : undefined),
    value,
  );
}
