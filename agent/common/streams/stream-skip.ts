/** How far one stream of bytes has come: lines that have ended, and bytes of the one that has not. */
export interface StreamPosition {
  readonly lines: number;
  readonly bytes: number;
  /** Whether a line feed behind these bytes may have been seen too: what was kept cannot tell it from one that was put in. */
  readonly perhapsEnded: boolean;
}

export const streamStart: StreamPosition = { lines: 0, bytes: 0, perhapsEnded: false };

const lineFeed = 0x0a;
const nothing: Buffer = Buffer.alloc(0);

/**
 * Drops from a stream that is read again what was seen before. It counts lines first: their number is the same even if a
 * store between has replaced bytes that were no text.
 */
export class StreamSkip {
  #lines: number;
  #bytes: number;
  #perhapsEnded: boolean;
  readonly #onContinued: () => void;

  /** `onContinued`: called when the first byte that passes goes on in a line whose beginning was dropped. */
  constructor(seen: StreamPosition, onContinued: () => void = () => undefined) {
    this.#lines = seen.lines;
    this.#bytes = seen.bytes;
    this.#perhapsEnded = seen.perhapsEnded;
    this.#onContinued = onContinued;
  }

  /** What of this chunk was not seen before. */
  take(chunk: Buffer): Buffer {
    let rest = chunk;
    while (this.#lines > 0 && rest.length > 0) {
      const end = rest.indexOf(lineFeed);
      if (end === -1) return nothing;
      this.#lines -= 1;
      rest = rest.subarray(end + 1);
    }
    const dropped = Math.min(this.#bytes, rest.length);
    this.#bytes -= dropped;
    rest = rest.subarray(dropped);
    return rest.length === 0 || !this.#perhapsEnded ? rest : this.#decide(rest);
  }

  #decide(rest: Buffer): Buffer {
    this.#perhapsEnded = false;
    if (rest[0] === lineFeed) return rest.subarray(1);
    this.#onContinued();
    return rest;
  }
}
