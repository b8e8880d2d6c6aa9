import type { Duplex } from 'node:stream';
import { FrameDecoder, type OutputSink, type OutputStream } from '../../docker/frame-decoder.ts';
import { MarkScanner } from './mark-scanner.ts';
import { ScriptFrame } from './script-frame.ts';

/** How a script ended. `marked`: the shell told; otherwise the stream ended first and the container's exit code decides. */
export type ScriptEnd =
  { readonly marked: true; readonly exitCode: number } | { readonly marked: false; readonly shellReached: boolean };

/**
 * One attached shell: scripts go in on stdin, output comes out on two streams.
 * One script at a time; after a script that was sent as the last one, the session is over.
 */
export class ShellSession {
  readonly #stream: Duplex;
  #current: RunningScript | undefined;
  #closed = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('error', () => this.close());
    stream.on('close', () => this.close());
    stream.on('end', () => this.close());
  }

  /** The shell has begun with the script that was sent last. */
  get begun(): boolean {
    return this.#current?.begun ?? false;
  }

  /** Sends the whole script and resolves when its end is known. `last` closes stdin behind it. */
  run(body: string, output: OutputSink, last: boolean): Promise<ScriptEnd> {
    const frame = new ScriptFrame();
    return new Promise((resolve) => {
      const script = new RunningScript(frame, output, resolve);
      this.#read();
      this.#current = script;
      if (this.#closed) return script.streamEnded();
      const text = frame.wrap(body, last);
      if (last) this.#stream.end(text);
      else this.#stream.write(text);
    });
  }

  /** The stream is not read before there is a script to read it: an entrypoint may print as soon as it starts. */
  #read(): void {
    if (this.#current !== undefined) return;
    const decoder = new FrameDecoder({ write: (kind, chunk) => this.#current?.write(kind, chunk) });
    this.#stream.on('data', (chunk: Buffer) => decoder.push(chunk));
  }

  /** Also where the other side has ended: a script that nobody reads any more must not hold the connection. */
  close(): void {
    this.#stream.destroy();
    this.#closed = true;
    this.#current?.streamEnded();
  }
}

class RunningScript {
  begun = false;
  readonly #scanners: Record<OutputStream, MarkScanner>;
  readonly #resolve: (end: ScriptEnd) => void;
  #endedStreams = 0;
  #over = false;

  constructor(frame: ScriptFrame, output: OutputSink, resolve: (end: ScriptEnd) => void) {
    this.#resolve = resolve;
    const scanner = (stream: OutputStream): MarkScanner =>
      new MarkScanner(
        frame.mark,
        (bytes) => output.write(stream, bytes),
        (text) => this.#marked(text),
      );
    this.#scanners = { stdout: scanner('stdout'), stderr: scanner('stderr') };
  }

  write(stream: OutputStream, chunk: Buffer): void {
    if (!this.#over) this.#scanners[stream].push(chunk);
  }

  streamEnded(): void {
    this.#finish({ marked: false, shellReached: this.begun });
  }

  /** The end is known when both streams told it: only then has each delivered all of the script's output. */
  #marked(text: string): void {
    if (text === 'begin') this.begun = true;
    else if (++this.#endedStreams === 2) this.#finish({ marked: true, exitCode: Number(text) });
  }

  #finish(end: ScriptEnd): void {
    if (this.#over) return;
    this.#scanners.stdout.flush();
    this.#scanners.stderr.flush();
    this.#over = true;
    this.#resolve(end);
  }
}
