import PQueue from 'p-queue';

/** Removals that run at a time; more would only slow down the starts of the next jobs. */
const PARALLEL = 4;

/** Clean-up of finished jobs, off their critical path. Bounded: work waits its turn, and `idle` tells when all is done. */
export class CleanupQueue {
  readonly #queue = new PQueue({ concurrency: PARALLEL });

  add(cleanup: () => Promise<void>): void {
    void this.#queue.add(cleanup);
  }

  async idle(): Promise<void> {
    await this.#queue.onIdle();
  }
}
