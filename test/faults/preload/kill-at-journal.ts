import { createRequire, syncBuiltinESMExports } from 'node:module';
import type * as NodeFs from 'node:fs';

// Loaded before the agent (`node --import`): ends its process with SIGKILL around the n-th entry that it adds to a journal,
// which nobody outside could time. FAULT_JOURNAL is `<n>:<before|torn|after>`.

const [wanted = '0', edge = 'after'] = (process.env['FAULT_JOURNAL'] ?? '').split(':');
const fs = createRequire(import.meta.url)('node:fs') as {
  -readonly [key in keyof typeof NodeFs]: (typeof NodeFs)[key];
};
const { writeSync, readlinkSync } = fs;
const progress = { entries: 0 };

const isJournal = (file: number): boolean => {
  try {
    return readlinkSync(`/proc/self/fd/${String(file)}`).endsWith('/journal.ndjson');
  } catch {
    return false;
  }
};

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // the signal is on its way
}

function killingWrite(file: number, data: string | NodeJS.ArrayBufferView, ...rest: unknown[]): number {
  const write = writeSync as (...args: unknown[]) => number;
  if (!isJournal(file)) return write(file, data, ...rest);
  progress.entries += 1;
  if (progress.entries !== Number(wanted)) return write(file, data, ...rest);
  if (edge === 'before') die();
  if (edge === 'torn') {
    const bytes =
      typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    write(file, bytes, 0, Math.floor(bytes.length / 2));
    die();
  }
  write(file, data, ...rest);
  die();
}

fs.writeSync = killingWrite;
syncBuiltinESMExports();
