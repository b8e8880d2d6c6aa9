import type { Readable } from 'node:stream';
import { onAbort } from '../common/abort.ts';
import { FrameDecoder, type OutputSink } from './frame-decoder.ts';

/** The payload of a multiplexed stream up to `maxBytes`, its end, or the signal, whichever comes first. */
export async function readFrames(stream: Readable, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const decoder = new FrameDecoder({
    write: (_stream, chunk) => {
      parts.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) resolve();
    },
  });
  stream.on('data', (chunk: Buffer) => decoder.push(chunk));
  for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
  using _ = onAbort(signal, () => resolve());
  await enough;
  stream.destroy();
  return Buffer.concat(parts).subarray(0, maxBytes);
}

/** Passes the payload of a multiplexed stream on until it ends or the signal aborts. */
export async function followFrames(stream: Readable, sink: OutputSink, signal: AbortSignal): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const decoder = new FrameDecoder(sink);
  stream.on('data', (chunk: Buffer) => decoder.push(chunk));
  for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
  using _ = onAbort(signal, () => resolve());
  await over;
  stream.destroy();
}

/** The payload of a multiplexed answer that came whole. */
export function unframed(answer: Buffer): Buffer {
  const parts: Buffer[] = [];
  new FrameDecoder({ write: (_stream, chunk) => void parts.push(chunk) }).push(answer);
  return Buffer.concat(parts);
}
