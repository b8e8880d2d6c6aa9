import type { OutputSink, OutputStream } from '../../docker/frame-decoder.ts';
import type { StreamPosition } from '../../common/streams/stream-skip.ts';

/** How much of each stream has been seen. */
export type SeenOutput = Readonly<Record<OutputStream, StreamPosition>>;

/** Passes output on and counts it, so that it can be gone on with from another source. */
export class CountedOutput implements OutputSink {
  readonly #target: OutputSink;
  readonly #bytes: Record<OutputStream, number> = { stdout: 0, stderr: 0 };

  constructor(target: OutputSink) {
    this.#target = target;
  }

  get seen(): SeenOutput {
    return { stdout: position(this.#bytes.stdout), stderr: position(this.#bytes.stderr) };
  }

  write(stream: OutputStream, chunk: Buffer): void {
    this.#bytes[stream] += chunk.length;
    this.#target.write(stream, chunk);
  }
}

const position = (bytes: number): StreamPosition => ({ lines: 0, bytes, perhapsEnded: false });
