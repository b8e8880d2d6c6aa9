import type { OutputSink, OutputStream } from '../../docker/frame-decoder.ts';
import { MarkScanner } from './mark-scanner.ts';
import { markStart, type ScriptFrame } from './script-frame.ts';

/** How a script ended. `marked`: the shell told; otherwise the stream ended first and the container's exit code decides. */
export type ScriptEnd =
  | { readonly marked: true; readonly exitCode: number }
  | {
      readonly marked: false;
      /** The entrypoint has started the shell. */
      readonly shellReached: boolean;
      /** The shell has begun with the script. */
      readonly begun: boolean;
    };

/**
 * What is done with output: `held` until it is known whose it is, `passed` on, or `dropped` because it is an earlier run's.
 */
type Passage = 'held' | 'passed' | 'dropped';

/** Reads the two streams of one script's run: passes its output on without the marks, and tells how it ended. */
export class ScriptReader implements OutputSink {
  /** Resolves when the end is known. */
  readonly end: Promise<ScriptEnd>;
  readonly #scanners: Record<OutputStream, MarkScanner>;
  readonly #run: string;
  readonly #resolve: (end: ScriptEnd) => void;
  readonly #output: OutputSink;
  #passage: Passage;
  #held: [stream: OutputStream, bytes: Buffer][] = [];
  #shellReached = false;
  #begun = false;
  #endedStreams = 0;
  #over = false;

  /** `certain`: what is read is the output of this run; otherwise it may be that of the run before. */
  constructor({ nonce, run }: Pick<ScriptFrame, 'nonce' | 'run'>, output: OutputSink, certain = true) {
    this.#output = output;
    this.#passage = certain ? 'passed' : 'held';
    ({ promise: this.end, resolve: this.#resolve } = Promise.withResolvers<ScriptEnd>());
    this.#run = String(run);
    const scanner = (stream: OutputStream): MarkScanner =>
      new MarkScanner(
        markStart(nonce),
        (bytes) => this.#pass(stream, bytes),
        (text) => this.#marked(text),
      );
    this.#scanners = { stdout: scanner('stdout'), stderr: scanner('stderr') };
  }

  /** The shell was reached; from then on silence is the script's own. */
  get begun(): boolean {
    return this.#shellReached || this.#begun;
  }

  write(stream: OutputStream, chunk: Buffer): void {
    if (!this.#over) this.#scanners[stream].push(chunk);
  }

  /** No more comes. */
  streamEnded(): void {
    this.#finish({ marked: false, shellReached: this.begun, begun: this.#begun });
  }

  /** The end is known when both streams told it: only then has each delivered all of the script's output. */
  #marked(text: string): void {
    const [run, word] = text.split(';');
    if (run === 'shell') this.#shellReached = true;
    if (word === undefined) return;
    if (run !== this.#run) return this.#drop();
    this.#release();
    if (word === 'begin') this.#begun = true;
    else if (++this.#endedStreams === 2) this.#finish({ marked: true, exitCode: Number(word) });
  }

  #pass(stream: OutputStream, bytes: Buffer): void {
    if (this.#passage === 'passed') this.#output.write(stream, bytes);
    if (this.#passage === 'held') this.#held.push([stream, Buffer.from(bytes)]);
  }

  #release(): void {
    this.#passage = 'passed';
    for (const [stream, bytes] of this.#held.splice(0)) this.#output.write(stream, bytes);
  }

  /** A mark of another run. */
  #drop(): void {
    if (this.#passage !== 'held') return;
    this.#passage = 'dropped';
    this.#held = [];
  }

  #finish(end: ScriptEnd): void {
    if (this.#over) return;
    this.#scanners.stdout.flush();
    this.#scanners.stderr.flush();
    // an entrypoint that never came to the shell has said what there is to say
    if (!this.#shellReached) this.#release();
    this.#over = true;
    this.#resolve(end);
  }
}
