import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../common/errors/error-code.ts';
import { FileLockedError, holdFileLockSoon } from '../common/file-lock.ts';
import { UsageError } from '../common/errors/usage-error.ts';

/** Another agent runs on the config file. */
export class ConfigLockedError extends UsageError {
  readonly configPath: string;
  readonly pid: number;

  constructor(configPath: string, pid: number, options?: ErrorOptions) {
    super(`${configPath} is in use by process ${pid}: a config file belongs to one running agent`, options);
    this.name = 'ConfigLockedError';
    this.configPath = configPath;
    this.pid = pid;
  }
}

/** Ownership of a config file, until `release` or disposal. `warning` when it could not be marked as owned. */
export interface ConfigLock extends AsyncDisposable {
  readonly warning: string | undefined;
  release(): Promise<void>;
}

/**
 * Takes the config file for this process by a file `.<name>.lock` beside it. A folder that cannot be written only gives
 * a warning. Throws ConfigLockedError when the owner lives.
 */
export async function lockConfig(configPath: string): Promise<ConfigLock> {
  const lockPath = await besideConfig(configPath, 'lock');
  try {
    await mkdir(dirname(lockPath), { recursive: true, mode: 0o700 });
    const lock = await holdFileLockSoon(lockPath);
    return { warning: undefined, ...lock };
  } catch (error) {
    if (error instanceof FileLockedError) throw new ConfigLockedError(configPath, error.pid, { cause: error });
    return unlocked(lockPath, error);
  }
}

/** The hidden companion of a config file. Two names of one file (a link, a relative path) share it. */
export async function besideConfig(configPath: string, suffix: string): Promise<string> {
  const real = await realpath(configPath).catch(() => configPath);
  const directory = await realpath(dirname(real)).catch(() => dirname(real));
  return join(directory, `.${basename(real)}.${suffix}`);
}

function unlocked(lockPath: string, error: unknown): ConfigLock {
  const reason = errorCode(error) ?? String(error);
  const warning = `${lockPath} cannot be written (${reason}): a second agent on this config file would not be noticed`;
  return { warning, release: nothing, [Symbol.asyncDispose]: nothing };
}

async function nothing(): Promise<void> {}
