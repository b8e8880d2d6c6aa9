import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { errorCode } from './error-code.ts';
import { isAlive, ownIdentity, parseIdentity, type ProcessIdentity } from './process-identity.ts';

/** A living process holds the lock. */
export class FileLockedError extends Error {
  readonly lockPath: string;
  readonly pid: number;

  constructor(lockPath: string, pid: number) {
    super(`${lockPath} is held by process ${pid}`);
    this.name = 'FileLockedError';
    this.lockPath = lockPath;
    this.pid = pid;
  }
}

/** A held lock; `release` may be called twice. */
export interface FileLock extends AsyncDisposable {
  release(): Promise<void>;
}

const MAX_TRIES = 20;

/**
 * Holds a lock file until release. It names its owner, so what a dead process or another boot left is taken over.
 * Throws FileLockedError when the owner lives, and the file system's error when the folder cannot be written.
 */
export async function holdFileLock(lockPath: string): Promise<FileLock> {
  const mine = await ownIdentity();
  const draft = `${lockPath}.${mine.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    await acquire(draft, lockPath);
  } finally {
    await rm(draft, { force: true });
  }
  const release = () => releaseIfMine(lockPath, mine);
  return { release, [Symbol.asyncDispose]: release };
}

async function acquire(draft: string, lockPath: string): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (await linkIfFree(draft, lockPath)) return;
    const owner = parseIdentity(await readFile(lockPath, 'utf8').catch(() => ''));
    if (owner !== undefined && (await isAlive(owner))) throw new FileLockedError(lockPath, owner.pid);
    await removeStale(lockPath, owner, `${draft}.stale`);
  }
  throw new Error(`${lockPath} changes hands all the time`);
}

/** A link either makes the whole lock file at once or fails: nobody ever reads half of it. */
async function linkIfFree(draft: string, lockPath: string): Promise<boolean> {
  try {
    await link(draft, lockPath);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the lock aside before removing it: if someone took it over meanwhile, it is theirs and goes back. */
async function removeStale(lockPath: string, owner: ProcessIdentity | undefined, aside: string): Promise<void> {
  try {
    await rename(lockPath, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = parseIdentity(await readFile(aside, 'utf8'));
  if (JSON.stringify(moved) !== JSON.stringify(owner)) await linkIfFree(aside, lockPath);
  await rm(aside, { force: true });
}

async function releaseIfMine(lockPath: string, mine: ProcessIdentity): Promise<void> {
  const owner = parseIdentity(await readFile(lockPath, 'utf8').catch(() => ''));
  if (JSON.stringify(owner) === JSON.stringify(mine)) await rm(lockPath, { force: true });
}
