import { UsageError } from '../common/errors/usage-error.ts';

/** One thing that is wrong in a config file. It never holds a value: that may be a secret. */
export interface ConfigProblem {
  /** What is wrong, in words, without the place. */
  readonly message: string;
  /** Dotted path, such as `runners.docker.image`; empty for a syntax error. */
  readonly key: string;
  /** Counted from 1; undefined when the place is not known. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The `[[runners]]` entry: its name, or its number from 1. */
  readonly runner?: string | undefined;
  /** What should have been there. */
  readonly expected?: string | undefined;
  /** A known name that is spelled nearly so. */
  readonly nearest?: string | undefined;
}

/** `FILE:LINE:COLUMN: sentence`, as compilers print it. */
export function formatProblem(file: string, problem: ConfigProblem): string {
  const place = problem.line === undefined ? file : `${file}:${problem.line}:${problem.column ?? 1}`;
  const entry = problem.runner === undefined ? '' : ` (in [[runners]] ${problem.runner})`;
  const hint = problem.nearest === undefined ? '' : `; did you mean ${problem.nearest}?`;
  return `${place}: ${problem.message}${entry}${hint}`;
}

/** A config file that cannot be used as it is. The message has one line per problem. */
export class ConfigError extends UsageError {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(problems.map((problem) => formatProblem(file, problem)).join('\n'), options);
    this.name = 'ConfigError';
    this.file = file;
    this.problems = problems;
  }
}

export const isConfigError = (error: unknown): error is ConfigError => error instanceof ConfigError;
