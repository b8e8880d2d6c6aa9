import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** What may still be written behind the output limit: the notice about it and the job's closing line. Bytes. */
const reserve = 16_384;
const copySize = 1 << 20;

/** The trace could not be written to disk; `cause` is the system's error. What was written before stays readable. */
export class TraceSpoolError extends Error {
  override readonly name = 'TraceSpoolError';
}

export interface TraceSpoolOptions {
  /** The file. It is created with mode 0600; one that exists is continued. */
  readonly path: string;
  /** Output limit in bytes. */
  readonly limit: number;
}

/**
 * The trace of one job on disk: an append-only file of the bytes exactly as they are sent. `size` and `checksum` are
 * always those of the bytes that `read` gives. Writes are synchronous, so they are in order and none waits in memory.
 */
export class TraceSpool {
  readonly limit: number;
  readonly #file: number;
  #size = 0;
  #crc = 0;
  #full = false;
  #closed = false;

  constructor(options: TraceSpoolOptions) {
    this.limit = options.limit;
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

  /**
   * Appends whole UTF-8 text as far as the limit allows, cut between two characters. Returns whether this very call
   * met the limit. Throws TraceSpoolError.
   */
  append(text: Uint8Array): boolean {
    if (this.#full) return false;
    const room = this.limit - this.#size;
    if (text.length <= room) {
      this.#write(text);
      return false;
    }
    this.#full = true;
    this.#write(text.subarray(0, characterBoundary(text, room)));
    return true;
  }

  /** Appends text even if the trace is full; what exceeds a small reserve is cut off. Throws TraceSpoolError. */
  appendBeyondLimit(text: Uint8Array): void {
    const room = Math.max(0, this.limit + reserve - this.#size);
    this.#write(text.length <= room ? text : text.subarray(0, characterBoundary(text, room)));
  }

  /** Up to `max` bytes from `offset` on; empty at the end. */
  read(offset: number, max: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(max, this.#size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(this.#file, bytes, filled, bytes.length - filled, offset + filled);
      if (count === 0) throw new TraceSpoolError(`the trace file ends at byte ${offset + filled} of ${this.#size}`);
      filled += count;
    }
    return bytes;
  }

  /** Makes the disk hold all that was written. */
  sync(): void {
    fdatasyncSync(this.#file);
  }

  /** Closes the file and leaves it where it is. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }

  #write(text: Uint8Array): void {
    if (this.#closed) throw new TraceSpoolError('the trace is closed');
    for (let done = 0; done < text.length;) {
      let count: number;
      try {
        count = writeSync(this.#file, text, done, text.length - done);
      } catch (error) {
        throw new TraceSpoolError('the trace cannot be written to disk', { cause: error });
      }
      this.#crc = crc32(text.subarray(done, done + count), this.#crc);
      this.#size += count;
      done += count;
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
    this.#full = this.#size > this.limit;
  }
}

/** The highest index, `end` at most, that does not stand within a character. */
function characterBoundary(text: Uint8Array, end: number): number {
  let boundary = Math.max(0, end);
  while (boundary > 0 && (text[boundary]! & 0xc0) === 0x80) boundary--;
  return boundary;
}
