import { CommanderError } from 'commander';
import { UsageError } from '../common/errors/usage-error.ts';

const FAILED = 1;
const WRONG_USAGE = 2;

/** The exit code of a command that threw: 0 for help and version, 2 for wrong usage or a wrong config file, 1 otherwise. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  return error instanceof UsageError ? WRONG_USAGE : FAILED;
}

/** What is left to print: Commander has printed its own sentence already. */
export function messageOf(error: unknown): string | undefined {
  if (error instanceof CommanderError) return undefined;
  if (error instanceof AggregateError) return [error.message, ...error.errors.map(textOf)].join('\n  ');
  return textOf(error);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
