import { systemClock, type Clock } from '../common/clock.ts';
import { streamStart, StreamSkip, type StreamPosition } from '../common/streams/stream-skip.ts';
import type { StreamKind, StreamNumber } from './line-stamper.ts';
import { SecretMask, type StreamMasker } from './mask-secrets.ts';
import { Utf8Repair } from './repair-utf8.ts';
import { TraceLines, type TraceSource } from './trace-lines.ts';
import { TraceSpoolError, type TraceSpool } from './trace-spool.ts';
import { errorLine, infoLine, limitLine, plainLine, sectionMark, titleLine, warningLine } from './trace-text.ts';

export interface JobTraceOptions {
  readonly spool: TraceSpool;
  /** Values to hide: of masked variables, the job token, registry passwords. */
  readonly secrets: Iterable<string>;
  /** What tokens begin with whose rest is hidden: GitLab's own (gitlabTokenPrefixes) and the coordinator's. */
  readonly tokenPrefixes: Iterable<string>;
  /** FF_TIMESTAMPS: each line begins with time and stream. */
  readonly timestamps: boolean;
  /** Whether the coordinator folds sections (`features.trace_sections`). */
  readonly sections: boolean;
  /** Without time stamps: called before the trace's bytes from `at` on are written by another source than those before. */
  readonly onSource?: (at: number, source: TraceSource) => void;
  /** Called after the trace has grown. */
  readonly onBytes?: () => void;
  /** Called once when the spool cannot be used any more (a full disk is its own business); what is written from then on is lost. */
  readonly onFailure?: (error: TraceSpoolError) => void;
  /** Wall clock, milliseconds since 1970 with a fraction. */
  readonly now?: () => number;
  readonly clock?: Clock;
}

/** One source of raw output. Writes are whole in the trace when they return, but for bytes that may become a secret. */
export interface TraceStream {
  write(chunk: Uint8Array): void;
  /** No more comes: what was held back is written and the line is closed. May be called twice. */
  end(): void;
}

/** The job's last line: what became of it. */
export interface ClosingLine {
  readonly level: 'info' | 'error';
  readonly text: string;
}

/** Microseconds of the monotonic clock on top of the wall clock as it is now. */
function precise(): () => number {
  const origin = Date.now() - performance.now();
  return () => origin + performance.now();
}

/**
 * What stages write to. Everything goes through masking, UTF-8 repair and time stamps into the spool, at once and in
 * order; only section marks, whose names are the agent's own, are not masked. Methods never throw: a spool that fails is
 * told through `onFailure`. After `close` nothing is written any more.
 */
export class JobTrace {
  readonly #options: JobTraceOptions;
  readonly #now: () => number;
  readonly #mask: SecretMask;
  readonly #masker: StreamMasker;
  readonly #lines: TraceLines;
  readonly #open = new Set<TraceStream>();
  #source: TraceSource | undefined;
  #closed = false;
  #failed = false;

  constructor(options: JobTraceOptions) {
    this.#options = options;
    this.#now = options.now ?? precise();
    this.#mask = new SecretMask(options.tokenPrefixes);
    this.#mask.add(options.secrets);
    this.#masker = this.#mask.stream();
    this.#lines = new TraceLines({
      timestamps: options.timestamps,
      now: this.#now,
      clock: options.clock ?? systemClock,
      write: (parts, source) => this.#append(parts, source),
    });
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#options.spool.size;
  }

  /** Hides these values too in all that is written from now on, by streams that are open as well. */
  addSecrets(secrets: Iterable<string>): void {
    this.#mask.add(secrets);
  }

  /** The text with everything hidden that the trace hides, for other places: the agent's own log. */
  hide(text: string): string {
    return Buffer.concat(this.#masked(text)).toString();
  }

  /** Plain line of the agent. */
  line(text: string): void {
    this.#say(plainLine(text));
  }

  /** Bold green line of the agent. */
  info(text: string): void {
    this.#say(infoLine(text));
  }

  /** Bold green line in the job's own stream, as the scripts of a stage print it. */
  notice(text: string): void {
    this.#say(infoLine(text), 1);
  }

  /** `WARNING: ` and the text, yellow. */
  warning(text: string): void {
    this.#say(warningLine(text));
  }

  /** `ERROR: ` and the text, bold red. */
  error(text: string): void {
    this.#say(errorLine(text));
  }

  /** Title of a stage, cyan. */
  title(text: string): void {
    this.#say(titleLine(text));
  }

  /** Opens a section, if the coordinator knows them, and prints its title. `name` has letters, digits, `_`, `-`, `.` only. */
  startSection(name: string, title?: string, options?: string): void {
    this.#markSection('start', name, options);
    if (title !== undefined) this.title(title);
  }

  endSection(name: string): void {
    this.#markSection('end', name);
  }

  /**
   * A new source of output. Two of one number and kind share their unfinished line, but not what is held back. `seen`:
   * the source begins anew and so much of what it says is in the trace already.
   */
  stream(number: StreamNumber, kind: StreamKind, seen: StreamPosition = streamStart): TraceStream {
    const masker = this.#mask.stream();
    const repair = new Utf8Repair();
    const skip = new StreamSkip(seen, () => this.#lines.continueLine(number, kind));
    const put = (parts: readonly Buffer[]): void =>
      this.#lines.output(seen === streamStart ? parts : parts.map((part) => skip.take(part)), number, kind);
    const stream: TraceStream = {
      write: (chunk) => {
        if (!this.#accepts() || !this.#open.has(stream)) return;
        put(masker.write(chunk).map((part) => repair.write(part)));
      },
      end: () => {
        if (!this.#open.delete(stream)) return;
        put([...masker.end().map((part) => repair.write(part)), repair.end()]);
        this.#lines.endLine(number, kind);
      },
    };
    this.#open.add(stream);
    return stream;
  }

  /** Ends all streams and writes the job's last line, which appears even if the output limit was met. */
  close(closing?: ClosingLine): void {
    if (this.#closed) return;
    for (const stream of this.#open) stream.end();
    this.#lines.close();
    this.#closed = true;
    if (closing === undefined) return;
    const text = closing.level === 'info' ? infoLine(closing.text) : errorLine(closing.text);
    const line = this.#lines.format(this.#masked(text));
    this.#guard(() => this.#options.spool.appendBeyondLimit(line));
  }

  #accepts(): boolean {
    return !this.#options.spool.full && !this.#failed && !this.#closed;
  }

  #say(text: string, number: StreamNumber = 0): void {
    if (this.#accepts()) this.#lines.text(this.#masked(text), number);
  }

  #markSection(edge: 'start' | 'end', name: string, options?: string): void {
    if (!this.#options.sections || !this.#accepts()) return;
    this.#lines.text([Buffer.from(sectionMark(edge, name, this.#now() / 1000, options))], 0);
  }

  #masked(text: string): Buffer[] {
    return [...this.#masker.write(Buffer.from(text)), ...this.#masker.end()];
  }

  #append(parts: readonly Buffer[], source: TraceSource): void {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    if (bytes.length === 0 || this.#failed) return;
    if (!this.#options.timestamps && source !== this.#source)
      this.#options.onSource?.(this.#options.spool.size, source);
    this.#source = source;
    this.#guard(() => {
      if (this.#options.spool.append(bytes)) this.#noteLimit();
    });
  }

  #noteLimit(): void {
    const { spool } = this.#options;
    const atStart = spool.size === 0 || spool.read(spool.size - 1, 1)[0] === 0x0a;
    const line = this.#lines.format([Buffer.from(limitLine(spool.limit))]);
    spool.appendBeyondLimit(Buffer.concat([Buffer.from(atStart ? '' : '\n'), line]));
  }

  #guard(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof TraceSpoolError)) throw error;
      if (!this.#failed) this.#options.onFailure?.(error);
      this.#failed = true;
    }
    this.#options.onBytes?.();
  }
}
