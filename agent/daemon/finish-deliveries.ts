import { onAbort, whenAborted } from '../common/abort.ts';
import type { Clock } from '../common/clock.ts';
import type { Logger } from '../common/logger.ts';
import type { Deliveries } from '../job/delivery/deliveries.ts';
import type { Shutdown } from './shutdown.ts';

export interface LastDeliveries {
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
  /** Whether no later start will find the results. */
  readonly single?: boolean;
  /** `shutdown_timeout`, milliseconds: that long an agent that drains waits after its last job, one that aborts in all. */
  readonly timeoutMs: () => number;
}

/** What a process that was told to abort needs for its own end. Milliseconds. */
const marginMs = 1000;

/** Time for results that still wait when the last job has ended, as long as it is worth it. Made when the agent is told to stop. */
export class FinishDeliveries implements Disposable {
  readonly #options: LastDeliveries;
  readonly #late = new AbortController();
  readonly #over = new AbortController();
  readonly #forced: Disposable;

  constructor(options: LastDeliveries) {
    this.#options = options;
    this.#forced = onAbort(options.shutdown.forced, () => this.#late.abort());
    void this.#endAfterAbort();
  }

  /** Resolves when all is delivered or time is up; what is left then stays on disk. */
  async wait(): Promise<void> {
    const { deliveries, single, timeoutMs, logger } = this.#options;
    if (deliveries.count > 0)
      logger.info({ results: deliveries.count }, 'Results wait for the coordinator, the agent waits with them');
    if (single !== true) void this.#endAfter(timeoutMs());
    if ((await deliveries.idle(this.#late.signal)) > 0) await this.leave();
  }

  /** Leaves on disk what is not delivered. */
  async leave(): Promise<void> {
    const { deliveries, logger } = this.#options;
    const results = await deliveries.stop();
    if (results > 0) logger.warn({ results }, 'Results that the coordinator has not taken are left on disk');
  }

  [Symbol.dispose](): void {
    this.#forced[Symbol.dispose]();
    this.#over.abort();
  }

  async #endAfterAbort(): Promise<void> {
    const { shutdown, timeoutMs } = this.#options;
    await Promise.race([whenAborted(shutdown.aborting), whenAborted(this.#over.signal)]);
    const limit = timeoutMs();
    await this.#endAfter(limit - Math.min(marginMs, limit / 10));
  }

  async #endAfter(ms: number): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, this.#over.signal);
      this.#late.abort();
    } catch {
      // it is over before
    }
  }
}
