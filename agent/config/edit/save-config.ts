import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../common/errors/error-code.ts';
import { FileLockedError, holdFileLock, type FileLock } from '../../common/file-lock.ts';
import { besideConfig } from '../config-lock.ts';

const BYTE_ORDER_MARK = '\uFEFF';
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const LOCK_RETRY_MS = 50;
const LOCK_WAIT_MS = 10_000;

/**
 * Reads the config file (empty when missing), writes what `edit` makes of it, and returns that. Two edits at once wait
 * for each other. Nothing is written when `edit` throws or changes nothing.
 */
export async function editConfig(path: string, edit: (text: string) => string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const lock = await holdEditLock(await besideConfig(path, 'edit.lock'));
  try {
    const before = await readOrEmpty(path);
    const mark = before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    const after = mark + edit(before.slice(mark.length));
    if (after !== before) await saveConfig(path, after);
    return after;
  } finally {
    await lock.release();
  }
}

/** Replaces the config file at once: readers see the old or the new text. Mode 0600; a link stays a link. */
export async function saveConfig(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const target = await realpath(path).catch(() => path);
  const draft = await besideConfig(path, `${randomBytes(6).toString('hex')}.new`);
  try {
    await writeDraft(draft, text);
    await keepOwner(target, draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    // A file that is mounted by itself into a container can be written but not replaced.
    if (errorCode(error) !== 'EBUSY') throw error;
    await writeFile(target, text, { mode: FILE_MODE });
  }
}

async function writeDraft(draft: string, text: string): Promise<void> {
  await using file = await open(draft, 'wx', FILE_MODE);
  await file.writeFile(text);
  await file.sync();
}

/** root may edit another user's file; the file stays theirs. */
async function keepOwner(target: string, draft: string): Promise<void> {
  const old = await stat(target).catch(() => undefined);
  if (old === undefined || old.uid === process.getuid?.()) return;
  await chown(draft, old.uid, old.gid).catch(() => undefined);
}

async function holdEditLock(lockPath: string): Promise<FileLock> {
  for (const end = Date.now() + LOCK_WAIT_MS; ; await sleep(LOCK_RETRY_MS)) {
    try {
      return await holdFileLock(lockPath);
    } catch (error) {
      if (!(error instanceof FileLockedError) || Date.now() > end) throw error;
    }
  }
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
