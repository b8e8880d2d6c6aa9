import type { TraceStream } from '../trace/job-trace.ts';

const LINE_FEED = 0x0a;
/** A line that is longer goes into the trace in pieces, without another mark: nothing may come between the parts of a secret. */
const MAX_HELD = 16 * 1024;
const grey = (text: string): string => `\x1b[0;90m${text}\x1b[0;m`;

/** Output of a service on its way into the trace: whole lines, each with the service's names before it. */
export class ServiceLines implements TraceStream {
  readonly #out: TraceStream;
  readonly #mark: Buffer;
  #held: Buffer[] = [];
  #heldLength = 0;
  #midLine = false;

  constructor(out: TraceStream, name: string) {
    this.#out = out;
    this.#mark = Buffer.from(`${grey(`[service:${name}]`)} `);
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk);
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, from)) {
      this.#hold(bytes.subarray(from, at + 1));
      this.#release(true);
      from = at + 1;
    }
    this.#hold(bytes.subarray(from));
    if (this.#heldLength > MAX_HELD) this.#release(false);
  }

  end(): void {
    if (this.#heldLength > 0 || this.#midLine) {
      this.#hold(Buffer.from('\n'));
      this.#release(true);
    }
    this.#out.end();
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return;
    this.#held.push(part);
    this.#heldLength += part.length;
  }

  #release(endsLine: boolean): void {
    this.#out.write(Buffer.concat(this.#midLine ? this.#held : [this.#mark, ...this.#held]));
    this.#midLine = !endsLine;
    this.#held = [];
    this.#heldLength = 0;
  }
}
