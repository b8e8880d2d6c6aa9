import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { systemClock, type Clock } from '../common/clock.ts';
import type { TraceSource } from './send/trace-source.ts';
import { UnwrittenBytes } from './spool/unwritten-bytes.ts';

/** What may still be written behind the output limit: the notice about it and the job's closing line. Bytes. */
const reserve = 16_384;
const copySize = 1 << 20;
/** How often a disk that is full is tried again. */
const retryMs = 500;
/** How long the trace waits for the disk before it is sent from memory. */
const patienceMs = 30_000;

/** The trace cannot be used: it is closed, or the disk does not give it back; `cause` is the system's error. */
export class TraceSpoolError extends Error {
  override readonly name = 'TraceSpoolError';
}

/** What the disk does: takes nothing now (`waiting`), has taken nothing for so long that the trace is sent from memory (`unsafe`), takes everything again (`written`). */
export type DiskState = 'waiting' | 'unsafe' | 'written';

export interface TraceSpoolOptions {
  /** The file. It is created with mode 0600; one that exists is continued. */
  readonly path: string;
  /** Output limit in bytes. */
  readonly limit: number;
  readonly clock?: Clock;
  /** Called when the disk stops taking the trace, with the system's error, and for what becomes of that. More may be sent after `unsafe` and `written`. */
  readonly onDisk?: (state: DiskState, error?: unknown) => void;
  /** Writes to the file as `fs.writeSync` does; a test's disk may be full. */
  readonly write?: (file: number, bytes: Uint8Array) => number;
  /** Whether all that is written down about the trace is on disk too; until then nothing more of it goes there. */
  readonly mayWrite?: () => boolean;
}

/**
 * The trace of one job on disk: an append-only file of the bytes exactly as they are sent. `size` and `checksum` are
 * always those of the bytes that `read` gives. Writes are synchronous and in order.
 *
 * Nothing that was appended is lost to a full disk: what it does not take waits in memory, bounded by the limit, and is
 * written once there is room. Only what is on disk may be sent, so that the coordinator never has more of the trace than a
 * later process finds; a disk that takes nothing for half a minute breaks that rule, not the job.
 */
export class TraceSpool implements TraceSource {
  readonly limit: number;
  readonly #options: TraceSpoolOptions;
  readonly #file: number;
  readonly #unwritten = new UnwrittenBytes();
  readonly #closing = new AbortController();
  #written = 0;
  /** End of the last append that is on disk whole. */
  #whole = 0;
  #size = 0;
  #crc = 0;
  #full = false;
  #unsafe = false;

  constructor(options: TraceSpoolOptions) {
    this.limit = options.limit;
    this.#options = options;
    this.#file = openSync(options.path, 'a+', 0o600);
    this.#resume();
  }

  /** Bytes in the trace. */
  get size(): number {
    return this.#size;
  }

  /** CRC-32 (IEEE) of the trace. */
  get checksum(): number {
    return this.#crc;
  }

  /** Whether something was left out because of the limit. From then on `append` drops everything. */
  get full(): boolean {
    return this.#full;
  }

  /** Bytes that may be sent: the appends that are on disk whole (a later process drops half ones), or all if the disk has been full for too long. */
  get sendable(): number {
    return this.#unsafe ? this.#size : this.#whole;
  }

  /** Bytes that are in memory alone. */
  get unwritten(): number {
    return this.#unwritten.size;
  }

  /**
   * Appends whole UTF-8 text as far as the limit allows, cut between two characters. Returns whether this very call
   * met the limit. Throws TraceSpoolError when the trace is closed.
   */
  append(text: Uint8Array): boolean {
    if (this.#full) return false;
    const room = this.limit - this.#size;
    if (text.length <= room) {
      this.#add(text);
      return false;
    }
    this.#full = true;
    this.#add(text.subarray(0, characterBoundary(text, room)));
    return true;
  }

  /** Appends text even if the trace is full; what exceeds a small reserve is cut off. Throws TraceSpoolError when the trace is closed. */
  appendBeyondLimit(text: Uint8Array): void {
    const room = Math.max(0, this.limit + reserve - this.#size);
    this.#add(text.length <= room ? text : text.subarray(0, characterBoundary(text, room)));
  }

  /** Up to `max` bytes from `offset` on; empty at the end. Throws TraceSpoolError when the disk does not give them back. */
  read(offset: number, max: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(max, this.#size - offset)));
    const onDisk = Math.min(bytes.length, Math.max(0, this.#written - offset));
    for (let filled = 0; filled < onDisk;) {
      const count = this.#readDisk(bytes.subarray(filled, onDisk), offset + filled);
      if (count === 0) throw new TraceSpoolError(`the trace file ends at byte ${offset + filled} of ${this.#size}`);
      filled += count;
    }
    if (onDisk < bytes.length) this.#unwritten.copy(bytes.subarray(onDisk), offset + onDisk - this.#written);
    return bytes;
  }

  /** Makes the disk hold all that was written. */
  sync(): void {
    fdatasyncSync(this.#file);
  }

  /** Closes the file and leaves it where it is. What the disk has not taken by now is lost. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#writeAgain();
    this.#closing.abort();
    closeSync(this.#file);
  }

  #add(text: Uint8Array): void {
    if (this.#closing.signal.aborted) throw new TraceSpoolError('the trace is closed');
    this.#crc = crc32(text, this.#crc);
    this.#size += text.length;
    if (this.#unwritten.size > 0) return this.#unwritten.add(text);
    const { taken, error } = this.#write(text);
    if (taken === text.length) return;
    this.#unwritten.add(text.subarray(taken));
    this.#options.onDisk?.('waiting', error);
    void this.#waitForRoom();
  }

  /** Writes as much as the disk takes. */
  #write(text: Uint8Array): { readonly taken: number; readonly error?: unknown } {
    const { write = writeSync, mayWrite } = this.#options;
    let taken = 0;
    if (mayWrite?.() === false) return { taken };
    try {
      while (taken < text.length) {
        const count = write(this.#file, text.subarray(taken));
        if (count === 0) break;
        taken += count;
        this.#written += count;
      }
      if (taken === text.length) this.#whole = this.#written;
      return { taken };
    } catch (error) {
      return { taken, error };
    }
  }

  #writeAgain(): void {
    this.#unwritten.drain((piece) => this.#write(piece).taken);
  }

  async #waitForRoom(): Promise<void> {
    const { clock = systemClock, onDisk } = this.#options;
    for (let waited = 0; ; waited += retryMs) {
      try {
        await clock.sleep(retryMs, this.#closing.signal);
      } catch {
        return;
      }
      this.#writeAgain();
      if (this.#unwritten.size === 0) break;
      if (waited < patienceMs || this.#unsafe) continue;
      this.#unsafe = true;
      onDisk?.('unsafe');
    }
    this.#unsafe = false;
    onDisk?.('written');
  }

  #readDisk(target: Buffer, position: number): number {
    try {
      return readSync(this.#file, target, 0, target.length, position);
    } catch (error) {
      throw new TraceSpoolError('the trace cannot be read from disk', { cause: error });
    }
  }

  /** Takes over what an earlier process wrote. */
  #resume(): void {
    const buffer = Buffer.allocUnsafe(copySize);
    for (;;) {
      const count = readSync(this.#file, buffer, 0, copySize, this.#size);
      if (count === 0) break;
      this.#crc = crc32(buffer.subarray(0, count), this.#crc);
      this.#size += count;
    }
    this.#written = this.#size;
    this.#whole = this.#size;
    this.#full = this.#size > this.limit;
  }
}

/** The highest index, `end` at most, that does not stand within a character. */
function characterBoundary(text: Uint8Array, end: number): number {
  let boundary = Math.max(0, end);
  while (boundary > 0 && (text[boundary]! & 0xc0) === 0x80) boundary--;
  return boundary;
}
