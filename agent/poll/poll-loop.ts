import { isProtocolError } from '#protocol/protocol-error.ts';
import { onAbort } from '../common/abort.ts';
import type { Clock } from '../common/clock.ts';
import type { Logger } from '../common/logger.ts';
import { noClient } from '../coordinator/coordinator-error.ts';
import type { JobOffer, ReceivedJob } from '../coordinator/job-offer.ts';
import type { JobHandler } from '../job/job-handler.ts';
import type { JobSlots, Reservation } from './job-slots.ts';
import type { OpenRequests } from './open-requests.ts';
import { healthRules, requestLimitRules, type PollEntry } from './poll-entry.ts';
import { RequestLimit } from './request-limit.ts';
import { RunnerHealth } from './runner-health.ts';

/** What all poll loops of an agent share. */
export interface PollContext {
  readonly slots: JobSlots;
  readonly requests: OpenRequests;
  readonly runJob: JobHandler;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Waits until the traces of finished jobs leave room for those of others, or the signal aborts. */
  whenRoom(signal: AbortSignal): Promise<void>;
  /** Milliseconds between two requests of an idle runner. */
  checkInterval(): number;
  /** Whether the coordinator may keep a request open until there is a job. */
  mayHold(): boolean;
  /** Aborts when an open request is given up, some time after the agent was told to stop. */
  readonly giveUp: AbortSignal;
  /** Aborts when running jobs have to end. */
  readonly shutdown: AbortSignal;
  /** Aborts when jobs are left to the next start of the agent. */
  readonly detached: AbortSignal;
}

/**
 * Asks one coordinator for the jobs of one runner.
 *
 * Invariants: no request without a reserved place; what a request brings is always handed on, also while stopping, and the
 * request counts as open until then; as many requests as `request_concurrency` allows, each at least one interval after the
 * one before it unless that brought a job.
 */
export class PollLoop {
  readonly #context: PollContext;
  readonly #health: RunnerHealth;
  readonly #limit = new RequestLimit();
  #entry: PollEntry;
  #lastUpdate: string | undefined;
  #underWay = 0;
  #nextAsk: number;
  #lastTrouble = '';
  #wake: () => void = () => undefined;

  constructor(entry: PollEntry, context: PollContext) {
    this.#entry = entry;
    this.#context = context;
    context.slots.setLimit(entry.key, entry.runner.limit);
    this.#health = new RunnerHealth(context.clock);
    this.#nextAsk = context.clock.now();
  }

  /** From the next request on, another state of the same entry is in use. */
  replace(entry: PollEntry): void {
    this.#entry = entry;
    this.#context.slots.setLimit(entry.key, entry.runner.limit);
    this.#wake();
  }

  /** Resolves soon after `stop` has aborted; requests and jobs under way then still hold their places. `phase` (0 to 1) shortens the first wait, to spread the runners. */
  async run(stop: AbortSignal, phase = 0): Promise<void> {
    for (let first = true; !stop.aborted;) {
      const wait = this.#waitForTurn();
      if (wait > 0) {
        await this.#rest(wait, stop);
        continue;
      }
      const place = await this.#reserve(stop);
      if (place === undefined || stop.aborted) return place?.release();
      const interval = this.#context.checkInterval();
      this.#nextAsk = this.#context.clock.now() + interval * (first ? 1 - phase : 1);
      first = false;
      void this.#ask(place);
    }
  }

  #waitForTurn(): number {
    if (this.#underWay >= this.#limit.current(requestLimitRules(this.#entry))) return Infinity;
    const rest = this.#health.restFor(healthRules(this.#entry));
    return Math.max(rest, this.#nextAsk - this.#context.clock.now());
  }

  async #rest(ms: number, stop: AbortSignal): Promise<void> {
    const nap = new AbortController();
    this.#wake = () => nap.abort();
    using _ = onAbort(stop, () => nap.abort());
    await this.#context.clock.sleep(ms, nap.signal).catch(() => undefined);
  }

  async #reserve(stop: AbortSignal): Promise<Reservation | undefined> {
    try {
      await this.#context.whenRoom(stop);
      return await this.#context.slots.reserve(this.#entry.key, stop);
    } catch (error) {
      if (stop.aborted) return undefined;
      throw error;
    }
  }

  async #ask(place: Reservation): Promise<void> {
    const entry = this.#entry;
    using request = this.#context.requests.begin();
    try {
      const offer = await this.#request(entry);
      if (offer.kind !== 'job') return;
      const handled = this.#runJob(entry, offer.job, place);
      // while detaching, a job is only written down: the process has to last until then
      if (!this.#context.detached.aborted) request[Symbol.dispose]();
      await handled;
    } catch (error) {
      if (error === this.#context.giveUp.reason) return;
      this.#context.logger.error({ err: error, runner: entry.runner.name }, 'A job request or a job broke off');
    } finally {
      place.release();
    }
  }

  async #request(entry: PollEntry): Promise<JobOffer> {
    const { coordinator, credentials, info } = entry;
    const lastUpdate = this.#context.mayHold() ? this.#lastUpdate : undefined;
    this.#underWay++;
    try {
      const offer = await coordinator.requestJob(credentials, info, lastUpdate, this.#context.giveUp);
      this.#judge(entry, offer);
      return offer;
    } finally {
      this.#underWay--;
      this.#wake();
    }
  }

  #judge(entry: PollEntry, offer: JobOffer): void {
    this.#limit.learn(offer, requestLimitRules(entry));
    if (offer.kind === 'none' && offer.lastUpdate !== undefined) this.#lastUpdate = offer.lastUpdate;
    if (offer.kind === 'job' && !entry.runner.strict_check_interval) this.#nextAsk = this.#context.clock.now();
    const unusable = offer.kind === 'refused' || (offer.kind === 'error' && offer.status === noClient);
    this.#report(entry, offer);
    if (!unusable) this.#health.good();
    else if (this.#health.bad(healthRules(entry)))
      this.#context.logger.error(
        { runner: entry.runner.name },
        'Runner is not healthy, it rests for unhealthy_interval',
      );
  }

  /** The same trouble again and again is one line at the log's usual level. */
  #report({ runner, coordinator }: PollEntry, offer: JobOffer): void {
    const { logger } = this.#context;
    const fields = { runner: runner.name, url: coordinator.url };
    if (offer.kind === 'job' || offer.kind === 'none') {
      if (this.#lastTrouble !== '') logger.info(fields, 'Checking for jobs... works again');
      this.#lastTrouble = '';
      return;
    }
    const status = offer.kind === 'refused' ? 403 : offer.status;
    const trouble = `${status} ${offer.message}`;
    const level = trouble === this.#lastTrouble ? 'debug' : 'warn';
    this.#lastTrouble = trouble;
    const text = offer.kind === 'refused' ? 'Checking for jobs... forbidden' : 'Checking for jobs... failed';
    logger[level]({ ...fields, status, reason: offer.message }, text);
  }

  async #runJob(entry: PollEntry, received: ReceivedJob, place: Reservation): Promise<void> {
    const { runJob, logger, shutdown, detached } = this.#context;
    const { runner, coordinator, info } = entry;
    const { payload } = received;
    const projectId = isProtocolError(payload) ? 0 : payload.job_info.project_id;
    logger.info({ job: received.id, project: projectId, runner: runner.name }, 'Checking for jobs... received');
    await runJob({ runner, coordinator, info, received, slot: place.assign(projectId), shutdown, detached });
  }
}
