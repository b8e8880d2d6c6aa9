/** `O` for standard output, `E` for standard error. */
export type StreamKind = 'O' | 'E';

/** Whose output: 0 the agent's, 1 the job's, 15 the services'. */
export type StreamNumber = 0 | 1 | 15;

export interface LineStamperOptions {
  readonly stream: StreamNumber;
  readonly kind: StreamKind;
  /** Wall clock, milliseconds since 1970 with a fraction. */
  readonly now: () => number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const newline: Buffer = Buffer.from('\n');
/** An unfinished line that is longer is written out in pieces. Bytes. */
const longestHeld = 8192;

/** `2026-11-21T04:01:21.733920Z`: UTC with microseconds, always 27 characters. */
export function formatStamp(milliseconds: number): string {
  const micros = Math.round(milliseconds * 1000);
  const whole = Math.floor(micros / 1000);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros - whole * 1000).padStart(3, '0')}Z`;
}

/**
 * Puts a time stamp before each line of one stream (FF_TIMESTAMPS): `<time> <stream><kind> text`, with `+` instead of
 * the second blank when the text continues the stream's last line; every piece then ends in a newline of its own.
 *
 * An unfinished line is held back until it ends, until it is longer than 8 KiB, until it has a carriage return with
 * text after it (a progress line, a section marker), or until the owner calls `flush`.
 */
export class LineStamper {
  readonly #options: LineStamperOptions;
  readonly #id: string;
  #held: Buffer[] = [];
  #heldLength = 0;
  #heldSince = 0;
  #continues = false;

  constructor(options: LineStamperOptions) {
    this.#options = options;
    this.#id = `${options.stream.toString(16).padStart(2, '0')}${options.kind}`;
  }

  /** When the unfinished line began (`now`), or undefined if there is none. */
  get heldSince(): number | undefined {
    return this.#heldLength === 0 ? undefined : this.#heldSince;
  }

  /** Takes text and returns what is to be written out, parts in order. */
  write(text: Buffer): Buffer[] {
    if (text.length === 0) return [];
    const now = this.#options.now();
    const last = text.lastIndexOf(lineFeed);
    const out = last < 0 ? [] : this.#lines(text.subarray(0, last + 1), now);
    if (last + 1 < text.length) this.#hold(text.subarray(last + 1), now);
    if (this.#heldLength > longestHeld || this.#hasProgress(text, last + 1)) out.push(...this.flush());
    return out;
  }

  /** Writes out the unfinished line as a piece that later text continues. */
  flush(): Buffer[] {
    if (this.#heldLength === 0) return [];
    const out = [this.#header(this.#heldSince), ...this.#held, newline];
    this.#release();
    this.#continues = true;
    return out;
  }

  /** What comes next goes on in a line that another stamper began. */
  continue(): void {
    this.#continues = true;
  }

  /** Writes out the unfinished line; later text begins a new one. */
  end(): Buffer[] {
    const out = this.flush();
    this.#continues = false;
    return out;
  }

  #header(time: number): Buffer {
    return Buffer.from(`${formatStamp(time)} ${this.#id}${this.#continues ? '+' : ' '}`);
  }

  #hold(text: Buffer, now: number): void {
    if (this.#heldLength === 0) this.#heldSince = now;
    this.#held.push(Buffer.from(text));
    this.#heldLength += text.length;
  }

  #release(): void {
    this.#held = [];
    this.#heldLength = 0;
  }

  /** A carriage return that more text follows. At the very end it may yet be the first half of a line's end. */
  #hasProgress(text: Buffer, from: number): boolean {
    const previous = this.#held.at(-2);
    if (from === 0 && previous?.at(-1) === carriageReturn) return true;
    const found = text.indexOf(carriageReturn, from);
    return found >= 0 && found < text.length - 1;
  }

  /** Whole lines, the first of which may have begun earlier. */
  #lines(text: Buffer, now: number): Buffer[] {
    const out: Buffer[] = [];
    let from = 0;
    if (this.#heldLength > 0 || this.#continues) {
      from = text.indexOf(lineFeed) + 1;
      out.push(this.#header(this.#heldLength > 0 ? this.#heldSince : now), ...this.#held, text.subarray(0, from));
      this.#release();
      this.#continues = false;
    }
    const header = this.#header(now);
    if (from < text.length) out.push(stampLines(text.subarray(from), header));
    return out;
  }
}

/** Whole lines with `header` before each. Latin-1 maps bytes to characters one to one, and strings are the fastest way. */
function stampLines(text: Buffer, header: Buffer): Buffer {
  const start = header.toString('latin1');
  return Buffer.from(
    `${start}${text.toString('latin1', 0, text.length - 1).replaceAll('\n', `\n${start}`)}\n`,
    'latin1',
  );
}
