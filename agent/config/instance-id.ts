import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../common/errors/error-code.ts';

const FILE = 'instance-id';
const FORM = /^[0-9a-f]{16}$/;

/**
 * The id of the agent that keeps its jobs in this state directory: 16 hex digits in the file `instance-id`, made at
 * random when there is none. It tells what this agent made on an engine from what others made, GitLab Runner with the
 * same system id included. A file that holds anything else is replaced.
 * @throws {Error} of the file system when it can be neither read nor written
 */
export function instanceId(stateDir: string): string {
  const file = join(stateDir, FILE);
  const kept = readId(file);
  if (kept !== undefined && FORM.test(kept)) return kept;
  const id = randomBytes(8).toString('hex');
  const draft = `${file}.${id}`;
  writeFileSync(draft, `${id}\n`, { mode: 0o600, flag: 'wx', flush: true });
  if (kept !== undefined) renameSync(draft, file);
  else claim(draft, file);
  // Two agents that start side by side must come to one answer: the file's.
  return readId(file) ?? id;
}

/** The id that an agent has made there before; undefined when there is none, or nothing that can be read. */
export function knownInstanceId(stateDir: string): string | undefined {
  try {
    const kept = readId(join(stateDir, FILE));
    return kept !== undefined && FORM.test(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function readId(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Gives the whole file its name at once, unless another process was first. */
function claim(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
