import type { z } from 'zod';
import type { ConfigProblem } from '../config-error.ts';
import { configSchema, type Config } from '../schema.ts';
import { describeIssue, describeUnknownKey, entryOf, pathOf } from './describe-issue.ts';
import { expandEnv } from './expand-env.ts';
import { unimplementedKeys } from './implemented-keys.ts';
import { knownKeys } from './known-keys.ts';
import { isTable, parseToml, valueAt, TomlSyntaxError, type TomlFile, type TomlTable } from './parse-toml.ts';
import type { TomlPath } from './toml-positions.ts';

/** What a config text says, and everything that is wrong with it. */
export interface CheckedConfig {
  /** Undefined when there are errors. */
  readonly config: Config | undefined;
  readonly errors: readonly ConfigProblem[];
  readonly unknownKeys: readonly ConfigProblem[];
  /** Dotted keys that are set, and known, and without effect in this version. */
  readonly unimplemented: readonly string[];
}

const BYTE_ORDER_MARK = /^\uFEFF/;

/** Checks a config text. With `env`, `$NAME` in url and token is replaced by its value there. Never throws. */
export function checkConfig(text: string, env?: NodeJS.ProcessEnv): CheckedConfig {
  let file: TomlFile;
  try {
    file = parseToml(text.replace(BYTE_ORDER_MARK, ''));
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    return { config: undefined, errors: [error.problem], unknownKeys: [], unimplemented: [] };
  }
  const unset = env === undefined ? [] : expandReferences(file, env);
  const unknownKeys = settleUnknownKeys(file);
  const result = configSchema.safeParse(file.values);
  const errors = [...unset, ...(result.error?.issues ?? []).map((issue) => describeIssue(file, issue))];
  const config = errors.length === 0 ? result.data : undefined;
  return {
    config,
    errors: errors.toSorted(byLine),
    unknownKeys: unknownKeys.toSorted(byLine),
    unimplemented: unimplementedKeys(file.values),
  };
}

const byLine = (a: ConfigProblem, b: ConfigProblem): number => (a.line ?? 0) - (b.line ?? 0);

/** Replaces `$NAME` in urls and tokens; the problems name variables that are not set. */
function expandReferences(file: TomlFile, env: NodeJS.ProcessEnv): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [index, entry] of entriesOf(file.values).entries()) {
    for (const key of ['url', 'token']) {
      const value = entry[key];
      if (typeof value !== 'string') continue;
      const { text, missing } = expandEnv(value, env);
      if (missing.length === 0) entry[key] = text;
      else problems.push(unsetVariable(file, ['runners', index, key], missing));
    }
  }
  return problems;
}

function unsetVariable(file: TomlFile, path: TomlPath, missing: readonly string[]): ConfigProblem {
  const key = String(path.at(-1));
  return {
    message: `${key} names the environment variable ${missing.join(', ')}, which is not set`,
    key: `runners.${key}`,
    line: file.positions.find(path)?.line,
    column: file.positions.find(path)?.column,
    runner: entryOf(file.values, path),
  };
}

function entriesOf(values: TomlTable): TomlTable[] {
  const { runners } = values;
  return Array.isArray(runners) ? runners.filter(isTable) : [];
}

/** Takes unknown keys out of the values; one that differs in case alone gets its right name, as the peer reads it. */
function settleUnknownKeys(file: TomlFile): ConfigProblem[] {
  const issues = configSchema.safeParse(file.values).error?.issues ?? [];
  return issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? settle(file, issue) : []));
}

function settle(file: TomlFile, issue: z.core.$ZodIssueUnrecognizedKeys): ConfigProblem[] {
  const path = pathOf(issue);
  const table = valueAt(file.values, path);
  if (!isTable(table)) return [];
  const known = knownKeys(path);
  return issue.keys.flatMap((name) => {
    const value = table[name];
    delete table[name];
    const meant = known.find((key) => key.toLowerCase() === name.toLowerCase());
    if (meant === undefined || meant in table) return [describeUnknownKey(file, [...path, name], known)];
    table[meant] = value;
    return [];
  });
}
