import type { Command } from 'commander';
import { UsageError } from '../../common/errors/usage-error.ts';
import { isTable, type TomlTable } from '../../config/check/parse-toml.ts';
import { runnerSettings } from '../../config/schema/runner.ts';
import { fieldOptions, type FieldOption } from './field-options.ts';

/** Adds the options of a `[[runners]]` entry to a command; the result reads them back. */
export function addEntryOptions(command: Command): readonly FieldOption[] {
  const options = fieldOptions().filter(({ option }) => !command.options.some(({ long }) => long === option.long));
  for (const { option } of options) command.addOption(option);
  return options;
}

/** What the options and their environment twins say, as a `[[runners]]` table. What is not said is absent. */
export function entrySettings(command: Command, options: readonly FieldOption[]): TomlTable {
  const settings: TomlTable = {};
  for (const { option, path } of options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (value !== undefined) put(settings, path, asWritten(path, value));
  }
  return settings;
}

/** Throws UsageError when settings put together from options and a template do not fit the schema. */
export function assertSettings(settings: TomlTable): void {
  const issue = runnerSettings.safeParse(settings).error?.issues.find(({ code }) => code !== 'unrecognized_keys');
  if (issue !== undefined) throw new UsageError(`${issue.path.join('.')}: ${issue.message}`);
}

/** Services are given by their image alone. */
function asWritten(path: readonly string[], value: unknown): unknown {
  if (path.join('.') !== 'docker.services' || !Array.isArray(value)) return value;
  return value.map((name) => ({ name: String(name) }));
}

function put(settings: TomlTable, path: readonly string[], value: unknown): void {
  let table = settings;
  for (const part of path.slice(0, -1)) {
    const inner = table[part];
    const next: TomlTable = isTable(inner) ? inner : {};
    table[part] = next;
    table = next;
  }
  const key = path.at(-1);
  if (key !== undefined) table[key] = value;
}
