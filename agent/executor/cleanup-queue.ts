import PQueue from 'p-queue';

/** Removals that run at a time; more would only slow down the starts of the next jobs. */
const PARALLEL = 4;

/** Clean-up of finished jobs, off their critical path. Bounded: work waits its turn, and `idle` tells when all is done. */
export class CleanupQueue {
  readonly #queue = new PQueue({ concurrency: PARALLEL });
  readonly #jobs: (number | undefined)[] = [];
  #failed = false;

  /** `jobId`: whose objects are removed. */
  add(cleanup: () => Promise<void>, jobId?: number): void {
    this.#jobs.push(jobId);
    const done = (): void => void this.#jobs.splice(this.#jobs.indexOf(jobId), 1);
    void this.#queue.add(() => cleanup().finally(done));
  }

  /** Something could not be removed. */
  noteFailure(): void {
    this.#failed = true;
  }

  /** Whether something could not be removed since this was asked last. */
  takeFailure(): boolean {
    const failed = this.#failed;
    this.#failed = false;
    return failed;
  }

  /** Jobs whose objects are not removed yet. */
  get jobs(): readonly (number | undefined)[] {
    return this.#jobs;
  }

  async idle(): Promise<void> {
    await this.#queue.onIdle();
  }
}
