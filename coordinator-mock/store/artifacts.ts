import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** One uploaded archive or report. `path` is where its bytes lie. */
export interface StoredArtifact {
  readonly type: string;
  readonly format: string;
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
  readonly expire_in: string | null;
  readonly path: string;
}

/** A file of an upload on disk, not yet accepted. `tooLarge` files are cut off. */
export interface ReceivedFile {
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
  readonly path: string;
  readonly tooLarge: boolean;
}

/** The folder that uploaded files lie in. */
export class ArtifactStore {
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** Reads the stream to its end, however large it is, and keeps at most the allowed size of it. */
  async receive(stream: Readable, filename: string): Promise<ReceivedFile> {
    const path = join(this.#folder, randomUUID());
    const hash = createHash('sha256');
    const maxBytes = this.#maxBytes;
    let size = 0;
    await pipeline(
      stream,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          size += chunk.length;
          hash.update(chunk);
          if (size <= maxBytes) yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o600 }),
    );
    return { filename, size, sha256: hash.digest('hex'), path, tooLarge: size > maxBytes };
  }

  async discard(file: ReceivedFile): Promise<void> {
    await rm(file.path, { force: true });
  }
}
