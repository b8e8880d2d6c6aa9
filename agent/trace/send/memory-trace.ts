import { crc32 } from 'node:zlib';
import type { TraceSource } from './trace-source.ts';

/** A whole trace that is not on disk: of a job that has none. */
export class MemoryTrace implements TraceSource {
  readonly checksum: number;
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.#bytes = Buffer.from(text);
    this.checksum = crc32(this.#bytes);
  }

  get size(): number {
    return this.#bytes.length;
  }

  get sendable(): number {
    return this.#bytes.length;
  }

  read(offset: number, max: number): Buffer {
    return this.#bytes.subarray(offset, offset + max);
  }
}
