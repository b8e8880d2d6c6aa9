const ESC = 0x1b;
const BEL = 0x07;

/** Takes the marks of a `ScriptFrame` out of one stream. Everything else passes unchanged and at once, but for the first bytes of what may become a mark. */
export class MarkScanner {
  readonly #mark: Buffer;
  readonly #onBytes: (bytes: Buffer) => void;
  readonly #onMark: (text: string) => void;
  #held: Buffer = Buffer.alloc(0);

  constructor(mark: Buffer, onBytes: (bytes: Buffer) => void, onMark: (text: string) => void) {
    this.#mark = mark;
    this.#onBytes = onBytes;
    this.#onMark = onMark;
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    while (rest.length > 0) {
      const start = this.#candidate(rest);
      this.#emit(rest.subarray(0, start));
      rest = rest.subarray(start);
      const end = rest.indexOf(BEL, this.#mark.length);
      if (end === -1) {
        this.#held = Buffer.from(rest);
        return;
      }
      this.#onMark(rest.toString('latin1', this.#mark.length, end));
      rest = rest.subarray(end + 1);
    }
  }

  /** Passes on what was held back: the stream has ended. */
  flush(): void {
    this.#emit(this.#held);
    this.#held = Buffer.alloc(0);
  }

  /** Where a whole or unfinished mark begins; the length when there is none. ESC stands only at the head of a mark, so the last one decides. */
  #candidate(bytes: Buffer): number {
    const whole = bytes.indexOf(this.#mark);
    if (whole !== -1) return whole;
    const tail = bytes.lastIndexOf(ESC);
    if (tail === -1 || bytes.length - tail >= this.#mark.length) return bytes.length;
    return this.#mark.subarray(0, bytes.length - tail).equals(bytes.subarray(tail)) ? tail : bytes.length;
  }

  #emit(bytes: Buffer): void {
    if (bytes.length > 0) this.#onBytes(bytes);
  }
}
