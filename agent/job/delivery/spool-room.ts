import { onAbort } from '../../common/abort.ts';
import type { Logger } from '../../common/logger.ts';

export interface SpoolRoomOptions {
  readonly logger: Logger;
  /** Bytes of the traces that wait for the coordinator. */
  readonly bytes: () => number;
}

/** Whether the traces that wait for the coordinator leave room for those of more jobs. */
export class SpoolRoom {
  readonly #options: SpoolRoomOptions;
  #limit = Infinity;
  #wake: (() => void)[] = [];
  #told = false;

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
    return this.#options.bytes() < this.#limit;
  }

  /** Fewer traces wait, or more may. */
  changed(): void {
    if (!this.enough) return;
    if (this.#told) this.#options.logger.info('There is room for traces again, jobs are asked for');
    this.#told = false;
    const waiters = this.#wake;
    this.#wake = [];
    for (const wake of waiters) wake();
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

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    const facts = { bytes: this.#options.bytes(), spool_limit: this.#limit };
    this.#options.logger.error(facts, 'No more jobs are asked for: too much of traces waits for the coordinator');
  }
}
