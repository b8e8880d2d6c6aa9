import type { Readable } from 'node:stream';
import { onAbort } from '../common/abort.ts';
import { FrameDecoder } from './frame-decoder.ts';

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
