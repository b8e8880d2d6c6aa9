import type { Duplex } from 'node:stream';
import { FrameDecoder, type OutputSink } from '../../docker/frame-decoder.ts';
import type { ScriptFrame } from './script-frame.ts';
import { ScriptReader, type ScriptEnd } from './script-reader.ts';

/** One script on its way into a shell. */
export interface ShellScript {
  readonly frame: ScriptFrame;
  readonly body: string;
  /** stdin is closed behind it. */
  readonly last: boolean;
  /** The system has taken all of it. */
  readonly onDelivered?: (() => void) | undefined;
}

/**
 * One attached shell: scripts go in on stdin, output comes out on two streams.
 * One script at a time; after a script that was sent as the last one, the session is over.
 */
export class ShellSession {
  readonly #stream: Duplex;
  #current: ScriptReader | undefined;
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

  /** Sends the whole script and resolves when its end is known. */
  run({ frame, body, last, onDelivered }: ShellScript, output: OutputSink): Promise<ScriptEnd> {
    const reader = new ScriptReader(frame, output);
    this.#read();
    this.#current = reader;
    if (this.#closed) reader.streamEnded();
    else {
      const delivered = (error?: Error | null): void => void (error ?? onDelivered?.());
      const text = frame.wrap(body, last);
      this.#stream.write(text, delivered);
      if (last) this.#stream.end();
    }
    return reader.end;
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
