import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What one job needs at its beginning, with some to spare. Bytes. */
const PROBE = Buffer.alloc(256 * 1024);

/** Whether a job could be written down in this state directory now. Leaves nothing behind. */
export function canWrite(stateDir: string): boolean {
  const probe = join(stateDir, `.probe-${process.pid}`);
  try {
    mkdirSync(join(stateDir, 'jobs'), { recursive: true, mode: 0o700 });
    try {
      fill(probe);
    } finally {
      rmSync(probe, { force: true });
    }
    return true;
  } catch {
    return false;
  }
}

function fill(path: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    for (let rest = PROBE; rest.length > 0;) rest = rest.subarray(writeSync(file, rest));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
