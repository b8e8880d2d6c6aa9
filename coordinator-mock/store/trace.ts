import { crc32 } from 'node:zlib';
import { formatChecksum } from '#protocol/job-update.ts';

/** The bytes of one job's trace as received, with their running checksum. */
export class Trace {
  #chunks: Buffer[] = [];
  #size = 0;
  #crc = 0;

  get size(): number {
    return this.#size;
  }

  get checksum(): string {
    return formatChecksum(this.#crc);
  }

  append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
  }

  /** Keeps the first `size` bytes, as a coordinator does that has lost the rest. */
  truncate(size: number): void {
    const kept = this.bytes().subarray(0, size);
    this.#chunks = [];
    this.#size = 0;
    this.#crc = 0;
    this.append(kept);
  }

  bytes(): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = all === undefined ? [] : [all];
    return all ?? Buffer.alloc(0);
  }

  /** The last `size` bytes, or all when there are fewer. */
  tail(size: number): Buffer {
    const parts: Buffer[] = [];
    let wanted = size;
    for (let index = this.#chunks.length - 1; index >= 0 && wanted > 0; index -= 1) {
      const chunk = this.#chunks[index] ?? Buffer.alloc(0);
      parts.unshift(chunk.subarray(Math.max(0, chunk.length - wanted)));
      wanted -= chunk.length;
    }
    return Buffer.concat(parts);
  }
}
