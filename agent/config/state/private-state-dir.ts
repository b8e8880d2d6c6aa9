import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError } from '../../common/errors/command-failed-error.ts';
import { describeError } from '../../common/errors/describe-error.ts';
import { holdFileLock } from '../../common/file-lock.ts';
import { isAlive, parseIdentity } from '../../common/process-identity.ts';
import { STATE_LOCK } from './lock-state-dir.ts';

const FORM = /^single-(\d+)-[0-9a-f]{8}$/;

/** A directory that only this process uses, below the one that agents keep their jobs in. */
export interface PrivateStateDir {
  readonly path: string;
  /** Removes it with everything in it; what is left behind otherwise goes with the next start of an agent. */
  remove(): void;
}

/** Makes it. @throws {CommandFailedError} when that is not possible */
export async function makePrivateStateDir(stateDir: string): Promise<PrivateStateDir> {
  const path = join(stateDir, `single-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    await holdFileLock(join(path, STATE_LOCK));
  } catch (error) {
    throw new CommandFailedError(`the state directory cannot be used: ${describeError(error)}`, { cause: error });
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The private directories whose processes are gone. */
export async function abandonedStateDirs(stateDir: string): Promise<string[]> {
  const names = existsSync(stateDir) ? readdirSync(stateDir) : [];
  const abandoned: string[] = [];
  for (const name of names) {
    const [, pid] = FORM.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(stateDir, name);
    if (!(await isInUse(path, Number(pid)))) abandoned.push(path);
  }
  return abandoned;
}

async function isInUse(path: string, pid: number): Promise<boolean> {
  const owner = parseIdentity(readText(join(path, STATE_LOCK)));
  if (owner !== undefined) return await isAlive(owner);
  // It may have been made this moment, and be locked the next.
  return existsSync(`/proc/${pid}`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
