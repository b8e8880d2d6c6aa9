import { CommanderError } from 'commander';
import { UsageError } from '../common/usage-error.ts';
import { TomlSyntaxError } from '../config/check/parse-toml.ts';
import { ConfigError } from '../config/config-error.ts';
import { ConfigLockedError } from '../config/config-lock.ts';
import { ConfigEditError } from '../config/edit/edit-config.ts';

const FAILED = 1;
const WRONG_USAGE = 2;

const WRONG_USAGE_ERRORS = [UsageError, ConfigError, ConfigEditError, ConfigLockedError, TomlSyntaxError];

/** The exit code of a command that threw: 0 for help and version, 2 for wrong usage or a wrong config file, 1 otherwise. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  return WRONG_USAGE_ERRORS.some((kind) => error instanceof kind) ? WRONG_USAGE : FAILED;
}

/** What is left to print: Commander has printed its own sentence already. */
export function messageOf(error: unknown): string | undefined {
  if (error instanceof CommanderError) return undefined;
  return error instanceof Error ? error.message : String(error);
}
