export type OutputStream = 'stdout' | 'stderr';

/** Where the bytes of a container's two streams go. Called synchronously, in the order of arrival. */
export interface OutputSink {
  write(stream: OutputStream, chunk: Buffer): void;
}

const HEADER = 8;

/** Splits the engine's multiplexed stream: 8 bytes of header (stream number, big-endian size), then the payload. */
export class FrameDecoder {
  readonly #sink: OutputSink;
  readonly #header = Buffer.alloc(HEADER);
  #headerBytes = 0;
  #left = 0;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;)
      at += this.#left > 0 ? this.#takePayload(chunk, at) : this.#takeHeader(chunk, at);
  }

  #takePayload(chunk: Buffer, at: number): number {
    const payload = chunk.subarray(at, at + this.#left);
    this.#left -= payload.length;
    if (this.#left === 0) this.#headerBytes = 0;
    this.#sink.write(this.#header[0] === 2 ? 'stderr' : 'stdout', payload);
    return payload.length;
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#header, this.#headerBytes, at, at + HEADER - this.#headerBytes);
    this.#headerBytes += copied;
    if (this.#headerBytes === HEADER) {
      this.#left = this.#header.readUInt32BE(4);
      if (this.#left === 0) this.#headerBytes = 0;
    }
    return copied;
  }
}
