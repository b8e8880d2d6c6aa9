import { closeSync, fdatasync, openSync, readFileSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { JOURNAL_VERSION, parseEntry, type JournalEntry, type TimedEntry } from './journal-entry.ts';
import { momentNow } from './moment.ts';

const dataSync = promisify(fdatasync);

/** Pause between two tries of a disk that takes no more. */
const RETRY_MS = 500;

/**
 * The append-only journal of one job. Appending is synchronous, so that what it announces happens after it. Never throws:
 * what a full disk does not take waits in memory, in order.
 */
export class JobJournal {
  readonly #file: number;
  #waiting: Buffer = Buffer.alloc(0);
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** Creates the file with mode 0600 or continues it. Throws the system's error. */
  constructor(path: string, traceSize = 0) {
    this.#file = openSync(path, 'a+', 0o600);
    if (!endsWithLine(readFileSync(path))) this.#waiting = Buffer.from('\n');
    this.append({ type: 'process', version: JOURNAL_VERSION, pid: process.pid, at: traceSize });
  }

  /** Whether the disk has taken all entries. */
  get isWritten(): boolean {
    return this.#waiting.length === 0;
  }

  append(entry: JournalEntry): void {
    if (this.#closed) return;
    const line = Buffer.from(`${JSON.stringify({ ...entry, time: momentNow() })}\n`);
    this.#waiting = this.#waiting.length === 0 ? line : Buffer.concat([this.#waiting, line]);
    this.#write();
  }

  /** Appends, and resolves when the disk holds it: it must be known even after the machine has died. */
  async appendDurably(entry: JournalEntry): Promise<void> {
    this.append(entry);
    // A disk in trouble must not stop the job: the entry is still known to this machine.
    if (!this.#closed) await dataSync(this.#file).catch(() => undefined);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    closeSync(this.#file);
  }

  #write(): void {
    try {
      while (this.#waiting.length > 0) this.#waiting = this.#waiting.subarray(writeSync(this.#file, this.#waiting));
    } catch {
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#write(), RETRY_MS).unref();
    }
  }
}

/** All entries that can be read, in order. A torn line and kinds of a newer version are left out. */
export function readEntries(path: string): TimedEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line) => parseEntry(line) ?? []);
}

const endsWithLine = (text: Buffer): boolean => text.length === 0 || text.at(-1) === 0x0a;
