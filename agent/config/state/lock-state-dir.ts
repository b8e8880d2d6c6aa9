import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError } from '../../common/errors/command-failed-error.ts';
import { describeError } from '../../common/errors/describe-error.ts';
import { UsageError } from '../../common/errors/usage-error.ts';
import { FileLockedError, holdFileLockSoon, type FileLock } from '../../common/file-lock.ts';

/** Marks a state directory as owned by a running agent. */
export const STATE_LOCK = 'agent.lock';

/** Another agent keeps its jobs in the directory. */
export class StateDirLockedError extends UsageError {
  readonly pid: number;

  constructor(stateDir: string, pid: number, options?: ErrorOptions) {
    super(
      `${stateDir} is in use by process ${pid}: each running agent needs a state directory of its own (--state-dir)`,
      options,
    );
    this.name = 'StateDirLockedError';
    this.pid = pid;
  }
}

/**
 * Takes the state directory for this process, and makes it when it is not there.
 * @throws {StateDirLockedError} when the owner lives
 * @throws {CommandFailedError} when the directory cannot be made or written
 */
export async function lockStateDir(stateDir: string): Promise<FileLock> {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    return await holdFileLockSoon(join(stateDir, STATE_LOCK));
  } catch (error) {
    if (error instanceof FileLockedError) throw new StateDirLockedError(stateDir, error.pid, { cause: error });
    throw new CommandFailedError(`the state directory cannot be used: ${describeError(error)}`, { cause: error });
  }
}
