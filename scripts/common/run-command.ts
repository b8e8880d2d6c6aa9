import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A command that ended with another code than 0. `output` is what it wrote to both streams. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly output: string;

  constructor(command: string, output: string, cause: unknown) {
    super(`${command} failed:\n${lastLines(output)}`, { cause });
    this.output = output;
  }
}

export interface CommandOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the command is killed. */
  readonly timeout?: number;
  readonly cwd?: string;
}

/** Runs a command without a terminal or input and gives its standard output. Throws `CommandError`. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { env = {}, ...rest } = options;
  const running = execute(command, args, {
    ...rest,
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.end();
  try {
    return (await running).stdout;
  } catch (error) {
    throw new CommandError(`${command} ${args.join(' ')}`, outputOf(error), error);
  }
}

function outputOf(error: unknown): string {
  const output = `${streamOf(error, 'stdout')}${streamOf(error, 'stderr')}`.trim();
  return output === '' ? String(error) : output;
}

function lastLines(output: string): string {
  return output.split('\n').slice(-15).join('\n');
}

function streamOf(error: unknown, name: 'stdout' | 'stderr'): string {
  return error instanceof Error && name in error ? String(Reflect.get(error, name)) : '';
}
