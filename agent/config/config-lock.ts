import { link, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../common/error-code.ts';
import { ownIdentity, isAlive, parseIdentity, type ProcessIdentity } from '../common/process-identity.ts';

/** Another process owns the config file. */
export class ConfigLockedError extends Error {
  readonly configPath: string;
  readonly pid: number;

  constructor(configPath: string, pid: number) {
    super(`${configPath} is in use by process ${pid}: one config file belongs to one running agent`);
    this.name = 'ConfigLockedError';
    this.configPath = configPath;
    this.pid = pid;
  }
}

/** Ownership of a config file, until `release` or disposal. `warning` when the file could not be locked. */
export interface ConfigLock extends AsyncDisposable {
  readonly warning: string | undefined;
  release(): Promise<void>;
}

const MAX_TRIES = 20;

/**
 * Takes the config file for this process: a file `.<name>.lock` beside it names the owner. A lock that a dead process
 * left (or another boot of the machine) is taken over. Throws ConfigLockedError when the owner lives.
 */
export async function lockConfig(configPath: string): Promise<ConfigLock> {
  const lockPath = await lockPathOf(configPath);
  const mine = await ownIdentity();
  try {
    await mkdir(dirname(lockPath), { recursive: true, mode: 0o700 });
    await acquire(configPath, lockPath, mine);
  } catch (error) {
    if (error instanceof ConfigLockedError) throw error;
    return unlocked(lockPath, error);
  }
  const release = () => releaseIfMine(lockPath, mine);
  return { warning: undefined, release, [Symbol.asyncDispose]: release };
}

/** Two names of one file (a link, a relative path) share a lock. */
async function lockPathOf(configPath: string): Promise<string> {
  const real = await realpath(configPath).catch(() => configPath);
  const directory = await realpath(dirname(real)).catch(() => dirname(real));
  return join(directory, `.${basename(real)}.lock`);
}

function unlocked(lockPath: string, error: unknown): ConfigLock {
  const warning = `${lockPath} cannot be written (${errorCode(error) ?? String(error)}): a second agent on this config file would not be noticed`;
  return { warning, release: nothing, [Symbol.asyncDispose]: nothing };
}

async function nothing(): Promise<void> {}

async function acquire(configPath: string, lockPath: string, mine: ProcessIdentity): Promise<void> {
  const draft = `${lockPath}.${mine.pid}`;
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (await linkIfFree(draft, lockPath)) return;
      const owner = parseIdentity(await readFile(lockPath, 'utf8').catch(() => ''));
      if (owner !== undefined && (await isAlive(owner))) throw new ConfigLockedError(configPath, owner.pid);
      await removeStale(lockPath, owner, `${draft}.stale`);
    }
    throw new Error('the lock changes hands all the time');
  } finally {
    await rm(draft, { force: true });
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
