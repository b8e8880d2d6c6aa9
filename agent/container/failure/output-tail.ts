import type { OutputSink, OutputStream } from '../../docker/frame-decoder.ts';

/** Enough for a program's last words. Bytes. */
const KEPT = 4096;

/** Passes a script's output on and keeps a copy of its end. */
export class OutputTail implements OutputSink {
  readonly #output: OutputSink;
  readonly #ring = Buffer.alloc(KEPT);
  #total = 0;

  constructor(output: OutputSink) {
    this.#output = output;
  }

  /** Nothing was printed yet. */
  get silent(): boolean {
    return this.#total === 0;
  }

  write(stream: OutputStream, chunk: Buffer): void {
    const end = chunk.length > KEPT ? chunk.subarray(-KEPT) : chunk;
    const at = this.#total % KEPT;
    const first = Math.min(end.length, KEPT - at);
    end.copy(this.#ring, at, 0, first);
    end.copy(this.#ring, 0, first);
    this.#total += end.length;
    this.#output.write(stream, chunk);
  }

  /** The last bytes of both streams, in the order in which they came. */
  text(): string {
    const at = this.#total % KEPT;
    if (this.#total < KEPT) return this.#ring.toString('utf8', 0, at);
    return Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]).toString();
  }
}
