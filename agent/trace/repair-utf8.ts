import { isUtf8 } from 'node:buffer';

const nothing: Buffer = Buffer.alloc(0);

/** How many bytes at the end of `bytes` are the beginning of a character that may still be completed: 0 to 3. */
function incompleteTail(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return length < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? length : 0;
  }
  return 0;
}

/**
 * Makes one stream valid UTF-8: what is none becomes U+FFFD. A character that is split over two writes stays whole, so
 * the output does not depend on how the bytes were cut.
 */
export class Utf8Repair {
  #held: Buffer = nothing;

  write(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const tail = incompleteTail(bytes);
    this.#held = tail === 0 ? nothing : Buffer.from(bytes.subarray(bytes.length - tail));
    return repair(bytes.subarray(0, bytes.length - tail));
  }

  /** The stream is over: a character that is still incomplete stays so. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = nothing;
    return repair(rest);
  }
}

function repair(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString('utf8'));
}
