import { onAbort, whenAborted } from '../common/abort.ts';
import type { Clock } from '../common/clock.ts';
import type { Logger } from '../common/logger.ts';
import type { JobSlots } from '../poll/job-slots.ts';
import type { OpenRequests } from '../poll/open-requests.ts';
import { FinishDeliveries, type LastDeliveries } from './finish-deliveries.ts';
import type { Shutdown } from './shutdown.ts';

export interface Ending extends LastDeliveries {
  readonly slots: JobSlots;
  readonly requests: OpenRequests;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when open job requests are given up. */
  readonly giveUp: AbortController;
  readonly shutdown: Shutdown;
  /** Waits for what goes on after jobs have ended, until the signal aborts. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
}

/**
 * How long a job request that is open when the agent is told to stop may still be answered. A coordinator that is about to hand
 * out a job answers well before that; one that holds the request until there is a job does not, and loses nothing.
 */
const requestGraceMs = 5000;

/**
 * The end of an agent that was told to stop: resolves when its jobs have ended and everything after them is done; when it
 * detaches, as soon as no request can bring one more job.
 */
export async function finishJobs(ending: Ending): Promise<void> {
  const { slots, requests, clock, giveUp, shutdown } = ending;
  const ended = new AbortController();
  using results = new FinishDeliveries(ending);
  using _ = onAbort(shutdown.forced, () => ended.abort());
  void giveUpRequests(clock, giveUp, ended.signal);
  const letGo = whenAborted(shutdown.detaching).then(() => requests.whenNone());
  await Promise.race([slots.whenIdle(), letGo]);
  ended.abort();
  if (!shutdown.detaching.aborted) await Promise.race([settleJobs(ending, results), letGo]);
  if (shutdown.detaching.aborted) await results.leave();
}

async function settleJobs({ settle, shutdown, logger }: Ending, results: FinishDeliveries): Promise<void> {
  try {
    await settle(shutdown.forced);
    await results.wait();
    logger.info('All jobs have ended');
  } catch (error) {
    logger.error({ err: error }, 'Clean-up broke off');
  }
}

async function giveUpRequests(clock: Clock, giveUp: AbortController, ended: AbortSignal): Promise<void> {
  await clock.sleep(requestGraceMs, ended).catch(() => undefined);
  if (!ended.aborted) giveUp.abort(new Error('the agent stops'));
}
