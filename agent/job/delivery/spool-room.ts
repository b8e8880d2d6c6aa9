import { onAbort } from '../../common/abort.ts';
import type { Clock } from '../../common/clock.ts';
import type { Logger } from '../../common/logger.ts';
import { canWrite } from './can-write.ts';

export interface SpoolRoomOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Bytes of the traces that wait for the coordinator. */
  readonly bytes: () => number;
}

/** How often a disk that takes nothing is tried again. */
const probeMs = 5000;

/** Whether there is room for the files of more jobs: on the disk, and beside the traces that wait for the coordinator. */
export class SpoolRoom {
  readonly #options: SpoolRoomOptions;
  #limit = Infinity;
  #wake: (() => void)[] = [];
  #told = '';
  #probing = false;

  constructor(options: SpoolRoomOptions) {
    this.#options = options;
  }

  /** `spool_limit`, bytes. */
  get limit(): number {
    return this.#limit;
  }

  set limit(bytes: number) {
    this.#limit = bytes;
    this.changed();
  }

  get enough(): boolean {
    return !this.#probing && this.#options.bytes() < this.#limit;
  }

  /** Something could not be written in the state directory: there is no room until a job could be. */
  noDisk(stateDir: string): void {
    if (this.#probing) return;
    this.#probing = true;
    void this.#probe(stateDir);
  }

  /** Fewer traces wait, or more may. */
  changed(): void {
    if (!this.enough) return;
    if (this.#told !== '') this.#options.logger.info('There is room for jobs again, they are asked for');
    this.#told = '';
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Resolves when there is room, or when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!this.enough && !signal.aborted) {
      this.#tell();
      const { promise, resolve } = Promise.withResolvers<void>();
      using _ = onAbort(signal, () => resolve());
      this.#wake.push(resolve);
      await promise;
    }
  }

  async #probe(stateDir: string): Promise<void> {
    do await this.#options.clock.sleep(probeMs);
    while (!canWrite(stateDir));
    this.#probing = false;
    this.changed();
  }

  #tell(): void {
    const cause = this.#probing
      ? 'nothing can be written in the state directory'
      : 'too much of traces waits for the coordinator';
    if (this.#told === cause) return;
    this.#told = cause;
    const facts = this.#probing ? {} : { bytes: this.#options.bytes(), spool_limit: this.#limit };
    this.#options.logger.error(facts, `No more jobs are asked for: ${cause}`);
  }
}
