import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, runCommand } from '../../scripts/common/run-command.ts';

const SIZE = '24m';
const PIECE = 64 * 1024;

/** A file system of its own for a state directory, small enough to be filled. */
export class SmallDisk implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Mounts one on `folder`; undefined where this machine does not allow it. */
  static async mount(folder: string): Promise<SmallDisk | undefined> {
    try {
      await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', folder]);
      return new SmallDisk(folder);
    } catch (error) {
      if (error instanceof CommandError) return undefined;
      throw error;
    }
  }

  /** Takes all that is left of it for a while. */
  async fill(ms: number): Promise<void> {
    const filler = join(this.#folder, 'filler');
    for (const size of [PIECE * 16, PIECE, 512, 1]) {
      try {
        for (;;) await writeFile(filler, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // Full for pieces of this size.
      }
    }
    try {
      await delay(ms);
    } finally {
      await rm(filler, { force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runCommand('umount', ['--lazy', this.#folder]);
  }
}
