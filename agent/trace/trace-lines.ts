import type { Clock } from '../common/clock.ts';
import { LineStamper, type StreamKind, type StreamNumber } from './line-stamper.ts';

export interface TraceLinesOptions {
  /** FF_TIMESTAMPS. Without it bytes pass as they are. */
  readonly timestamps: boolean;
  /** Wall clock, milliseconds since 1970 with a fraction. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly write: (parts: readonly Buffer[], source: TraceSource) => void;
}

/** Whose bytes: of the job's streams, or `-` of all others. */
export type TraceSource = StreamKind | '-';

/** An unfinished line older than this is shown as far as it came. Milliseconds. */
const patienceMs = 300;
const lineFeed = 0x0a;

/** Turns what the streams of one trace print into the lines of the trace: with time stamps, or plain. */
export class TraceLines {
  readonly #options: TraceLinesOptions;
  readonly #stampers = new Map<string, LineStamper>();
  readonly #closed = new AbortController();
  #watching = false;
  /** Without time stamps: whether output ended without a newline. */
  #midLine = false;

  constructor(options: TraceLinesOptions) {
    this.#options = options;
  }

  /** Output of a source, cut anywhere. With time stamps an unfinished line waits, but not for long. */
  output(parts: readonly Buffer[], number: StreamNumber, kind: StreamKind): void {
    this.#options.write(this.#stamped(parts, number, kind), number === 1 ? kind : '-');
    const last = parts.findLast((part) => part.length > 0);
    if (last !== undefined) this.#midLine = last.at(-1) !== lineFeed;
    if (this.#unfinished().length > 0 && !this.#watching) void this.#watch();
  }

  /** Text of the agent: it does not go on in a line that a source left unfinished. */
  text(parts: readonly Buffer[], number: StreamNumber): void {
    this.#endPlainLine();
    this.#options.write(this.#stamped(parts, number, 'O'), '-');
  }

  /** The next output of this stream goes on in a line whose beginning is in the trace. */
  continueLine(number: StreamNumber, kind: StreamKind): void {
    if (this.#options.timestamps) this.#stamper(number, kind).continue();
  }

  /** Closes the line that this stream left unfinished. */
  endLine(number: StreamNumber, kind: StreamKind): void {
    if (this.#options.timestamps) this.#options.write(this.#stamper(number, kind).end(), number === 1 ? kind : '-');
    else this.#endPlainLine();
  }

  /** The bytes of a line of the agent that the caller writes out by itself. */
  format(parts: readonly Buffer[]): Buffer {
    if (this.#options.timestamps) this.#stamper(0, 'O').end();
    return Buffer.concat(this.#stamped(parts, 0, 'O'));
  }

  /** Unfinished lines are not looked after any more. */
  close(): void {
    this.#closed.abort();
  }

  #stamped(parts: readonly Buffer[], number: StreamNumber, kind: StreamKind): readonly Buffer[] {
    return this.#options.timestamps ? this.#stamper(number, kind).write(Buffer.concat(parts)) : parts;
  }

  #stamper(number: StreamNumber, kind: StreamKind): LineStamper {
    const key = `${number}${kind}`;
    const known = this.#stampers.get(key);
    if (known !== undefined) return known;
    const stamper = new LineStamper({ stream: number, kind, now: this.#options.now });
    this.#stampers.set(key, stamper);
    return stamper;
  }

  #endPlainLine(): void {
    if (this.#options.timestamps || !this.#midLine) return;
    this.#midLine = false;
    this.#options.write([Buffer.from('\n')], '-');
  }

  #unfinished(): LineStamper[] {
    return [...this.#stampers.values()].filter((stamper) => stamper.heldSince !== undefined);
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    const { clock, now, write } = this.#options;
    while (this.#unfinished().length > 0 && !this.#closed.signal.aborted) {
      try {
        await clock.sleep(patienceMs, this.#closed.signal);
      } catch {
        break;
      }
      const before = now() - patienceMs / 2;
      for (const stamper of this.#unfinished()) if (stamper.heldSince! <= before) write(stamper.flush(), '-');
    }
    this.#watching = false;
  }
}
