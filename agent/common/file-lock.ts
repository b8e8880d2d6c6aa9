import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './errors/error-code.ts';
import { isAlive, ownIdentity, parseIdentity } from './process-identity.ts';

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

const MAX_TRIES = 50;
const RETRY_MS = 5;
const GOING_DOWN_MS = 1000;
const GOING_DOWN_RETRY_MS = 50;

/**
 * Holds a lock file until release. It names its owner, so what a dead process or another boot left is taken over.
 * Throws FileLockedError when the owner lives, and the file system's error when the folder cannot be written.
 *
 * Invariant: a lock of a living owner is removed by that owner alone. A dead owner's lock is removed only under a second
 * lock that is named after its content, so nobody removes what another has put in its place meanwhile.
 */
export async function holdFileLock(lockPath: string): Promise<FileLock> {
  const mine = JSON.stringify(await ownIdentity());
  const draft = `${lockPath}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    await acquire(draft, lockPath);
  } finally {
    await rm(draft, { force: true });
  }
  const release = () => releaseIfMine(lockPath, mine);
  return { release, [Symbol.asyncDispose]: release };
}

/**
 * The same for an agent that starts: a service manager starts the next one while a killed one is still going down, and it
 * gets a moment.
 */
export async function holdFileLockSoon(lockPath: string): Promise<FileLock> {
  for (const end = performance.now() + GOING_DOWN_MS; ;) {
    try {
      return await holdFileLock(lockPath);
    } catch (error) {
      if (!(error instanceof FileLockedError) || performance.now() > end) throw error;
      await sleep(GOING_DOWN_RETRY_MS);
    }
  }
}

async function acquire(draft: string, lockPath: string): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (await linkIfFree(draft, lockPath)) return;
    const content = await readIfThere(lockPath);
    if (content === undefined) continue;
    const owner = parseIdentity(content);
    if (owner !== undefined && (await isAlive(owner))) throw new FileLockedError(lockPath, owner.pid);
    await removeStale(lockPath, content);
  }
  throw new Error(`${lockPath} changes hands all the time`);
}

async function removeStale(lockPath: string, content: string): Promise<void> {
  const name = createHash('sha256').update(content).digest('hex').slice(0, 16);
  try {
    const right = await holdFileLock(`${lockPath}.${name}`);
    try {
      if ((await readIfThere(lockPath)) === content) await rm(lockPath, { force: true });
    } finally {
      await right.release();
    }
  } catch (error) {
    if (!(error instanceof FileLockedError)) throw error;
    // Another process is at it.
    await sleep(RETRY_MS);
  }
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

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function releaseIfMine(lockPath: string, mine: string): Promise<void> {
  if ((await readIfThere(lockPath)) === mine) await rm(lockPath, { force: true });
}
