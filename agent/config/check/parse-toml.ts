import { parse } from 'toml';
import { ParseError } from 'toml-eslint-parser';
import { UsageError } from '../../common/errors/usage-error.ts';
import type { ConfigProblem } from '../config-error.ts';
import { TomlPositions, type TomlPath } from './toml-positions.ts';

export type TomlTable = Record<string, unknown>;

/** Whether a TOML value is a table, inline or not. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The value at a path; undefined when there is none. */
export function valueAt(values: unknown, path: TomlPath): unknown {
  let value = values;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = value[part];
    else if (isTable(value)) value = value[part];
    else return undefined;
  }
  return value;
}

/** The values of a TOML text and where each of them stands. */
export interface TomlFile {
  readonly values: TomlTable;
  readonly positions: TomlPositions;
}

/** A text that is not TOML. */
export class TomlSyntaxError extends UsageError {
  readonly problem: ConfigProblem;

  constructor(problem: ConfigProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = 'TomlSyntaxError';
    this.problem = problem;
  }
}

/** Parses a TOML text. Throws TomlSyntaxError with line and column. */
export function parseToml(text: string): TomlFile {
  try {
    // The parser of positions says in fewer words what is wrong, so it goes first.
    const positions = new TomlPositions(text);
    const values: unknown = parse(text);
    return { values: isTable(values) ? values : {}, positions };
  } catch (error) {
    throw new TomlSyntaxError(syntaxProblem(error), { cause: error });
  }
}

function syntaxProblem(error: unknown): ConfigProblem {
  if (error instanceof ParseError) return notToml(error.message, error.lineNumber, error.column + 1);
  return notToml(
    error instanceof Error ? error.message : String(error),
    numberOf(error, 'line'),
    numberOf(error, 'column'),
  );
}

function numberOf(error: unknown, key: string): number | undefined {
  const value = isTable(error) ? error[key] : undefined;
  return typeof value === 'number' ? value : undefined;
}

function notToml(reason: string, line: number | undefined, column: number | undefined): ConfigProblem {
  return { message: `this is not valid TOML: ${reason}`, key: '', line, column };
}
