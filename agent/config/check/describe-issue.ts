import type { z } from 'zod';
import type { ConfigProblem } from '../config-error.ts';
import { nearestName } from './known-keys.ts';
import { valueAt, type TomlFile, type TomlTable } from './parse-toml.ts';
import type { TomlPath } from './toml-positions.ts';

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a whole number',
  object: 'a table',
  record: 'a table',
  string: 'a string',
};

/** A wrong or missing value, with its place and what should be there. */
export function describeIssue(file: TomlFile, issue: z.core.$ZodIssue): ConfigProblem {
  const path = pathOf(issue);
  const expected = expectation(issue);
  const found = describeValue(valueAt(file.values, path), issue.code === 'too_small');
  const key = dotted(path);
  return {
    ...place(file, path),
    key,
    expected,
    message: found === undefined ? `${key} is missing: ${expected}` : `${key}: expected ${expected}, found ${found}`,
  };
}

/** A key that the schema does not have. */
export function describeUnknownKey(file: TomlFile, path: TomlPath, known: readonly string[]): ConfigProblem {
  const name = String(path.at(-1));
  return {
    ...place(file, path),
    key: dotted(path),
    message: `${dotted(path)} is not a known key`,
    nearest: nearestName(name, known),
  };
}

/** The `[[runners]]` entry that a path lies in: its name in quotes, or its number from 1. */
export function entryOf(values: TomlTable, path: TomlPath): string | undefined {
  const [table, index] = path;
  if (table !== 'runners' || typeof index !== 'number') return undefined;
  const name = valueAt(values, ['runners', index, 'name']);
  return typeof name === 'string' && name !== '' ? JSON.stringify(name) : `number ${index + 1}`;
}

function place(file: TomlFile, path: TomlPath) {
  const position = file.positions.find(path);
  return { line: position?.line, column: position?.column, runner: entryOf(file.values, path) };
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input')) return issue.message;
  return EXPECTED[issue.expected] ?? issue.expected;
}

function dotted(path: TomlPath): string {
  return path.filter((part) => typeof part === 'string').join('.');
}

/** The path of an issue; symbols cannot occur in a TOML file. */
export function pathOf(issue: z.core.$ZodIssue): TomlPath {
  return issue.path.filter((part) => typeof part !== 'symbol');
}

/** The type of a value in words. Never its content, which may be a secret, unless it is out of a range. */
function describeValue(value: unknown, isRange: boolean): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (typeof value === 'number') return isRange ? String(value) : 'a number';
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a date' : 'a table';
}
