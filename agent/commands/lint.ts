import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { errorCode } from '../common/errors/error-code.ts';
import { checkConfig } from '../config/check/check-config.ts';
import { formatProblem } from '../config/config-error.ts';
import { valueProblems } from '../doctor/values/value-problems.ts';
import { configOption, newCommand } from './options/new-command.ts';

interface LintOptions {
  readonly config: string;
}

/** `dockworker lint`: everything that is wrong with a config file, unknown keys and values that fail jobs included. */
export function lintCommand(): Command {
  return newCommand('lint', 'Check the config file; exit 1 for errors, unknown keys and values that fail jobs')
    .addOption(configOption())
    .action(lint);
}

async function lint({ config: path }: LintOptions): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CommandFailedError(`${path} cannot be read (${errorCode(error) ?? String(error)})`, { cause: error });
  });
  const { config, errors, unknownKeys, unimplemented } = checkConfig(text, process.env);
  const problems = [...errors, ...unknownKeys, ...(config === undefined ? [] : valueProblems(text, config))];
  for (const problem of problems) console.error(formatProblem(path, problem));
  for (const key of unimplemented) console.error(`${path}: ${key} is known but has no effect in this version`);
  if (problems.length > 0)
    throw new CommandFailedError(`${path} has ${problems.length} problem${problems.length > 1 ? 's' : ''}`);
  console.log(`${path} is good`);
}
