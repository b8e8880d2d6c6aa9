import { readFile } from 'node:fs/promises';
import { UsageError } from '../common/errors/usage-error.ts';
import { checkConfig } from '../config/check/check-config.ts';
import { isTable, parseToml, type TomlTable } from '../config/check/parse-toml.ts';
import { ConfigError, type ConfigProblem } from '../config/config-error.ts';

/** Keys that a template need not have, and that are not taken from it. */
const OWN_KEYS: ReadonlySet<string> = new Set(['runners.url', 'runners.token']);

/**
 * The one `[[runners]]` entry of a template file, without its token. Global keys do not count.
 * Throws ConfigError for bad TOML and wrong types, UsageError when there is not exactly one entry.
 */
export async function readTemplate(path: string): Promise<TomlTable> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`the template ${path} cannot be read`, { cause: error });
  });
  const errors = checkConfig(text).errors.filter((problem) => !isOwnKeyMissing(problem));
  if (errors.length > 0) throw new ConfigError(path, errors);
  const { runners } = parseToml(text).values;
  const entries = Array.isArray(runners) ? runners.filter(isTable) : [];
  const [entry, ...more] = entries;
  if (entry === undefined || more.length > 0)
    throw new UsageError(`the template ${path} must have one [[runners]] entry, it has ${entries.length}`);
  const { token: _, ...rest } = entry;
  return rest;
}

function isOwnKeyMissing({ key, message }: ConfigProblem): boolean {
  return OWN_KEYS.has(key) && message.includes('missing');
}

/** `entry` with its empty values (absent, zero, false, empty) filled from the template. Lists are taken whole. */
export function fillFromTemplate(entry: TomlTable, template: TomlTable): TomlTable {
  const filled: TomlTable = { ...entry };
  for (const [key, value] of Object.entries(template)) {
    const own = filled[key];
    if (isTable(own) && isTable(value)) filled[key] = fillFromTemplate(own, value);
    else if (isEmpty(own)) filled[key] = value;
  }
  return filled;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isTable(value)) return Object.keys(value).length === 0;
  return value === undefined || value === '' || value === 0 || value === false;
}
