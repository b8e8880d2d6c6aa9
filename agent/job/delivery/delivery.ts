import type { Clock } from '../../common/clock.ts';
import { onAbort } from '../../common/abort.ts';
import { reportResult, type ReportOutcome, type RoundTrouble, type Verdict } from '../../result/report-result.ts';
import type { Parcel } from './parcel.ts';

/** One try to reach the coordinator. */
export type Round = () => Promise<Verdict>;

export interface DeliveryTerms {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborts when the process goes away. */
  readonly stop: AbortSignal;
}

/** How long a result waits for the coordinator, from the end of its job; and at least so long in a process that found it on disk. */
const keepMs = 24 * 3_600_000;
const leastMs = 600_000;
/** After `job_status_final_update_retry_limit` failing rounds the result is tried once in a while. */
const seldomMs = 3_600_000;
/** Results of older jobs come from an earlier process, and perhaps by the hundred. */
const freshMs = 60_000;
/** How long a piece of trace that is under way at the job's end is waited for. */
const stopGraceMs = 2500;

class TooOldError extends Error {
  override readonly name = 'TooOldError';
}

/** One result on its way to the coordinator. */
export class Delivery {
  readonly parcel: Parcel;
  readonly #terms: DeliveryTerms;
  readonly #tried = Promise.withResolvers<void>();
  readonly #end = new AbortController();
  #rounds = 0;

  constructor(parcel: Parcel, terms: DeliveryTerms) {
    this.parcel = parcel;
    this.#terms = terms;
  }

  /** Resolves after the first round that did not end it. */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  /** Resolves when nothing more is to be done in this process. Never rejects. `turn`: where rounds wait until it is theirs. */
  async run(turn: (round: Round) => Promise<Verdict>): Promise<void> {
    const { stop, clock, now } = this.#terms;
    using _ = onAbort(stop, (reason) => this.#end.abort(reason));
    const left = Math.max(leastMs, this.parcel.endedAt + keepMs - now());
    void clock.sleep(left, this.#end.signal).then(
      () => this.#end.abort(new TooOldError('the result is too old')),
      () => undefined,
    );
    try {
      await this.#stopSending();
      this.#conclude(await this.#report(turn));
    } catch (error) {
      this.#giveUp(error);
    } finally {
      this.#end.abort();
    }
  }

  async #stopSending(): Promise<void> {
    const { clock } = this.#terms;
    const patience = new AbortController();
    const over = new AbortController();
    void clock.sleep(stopGraceMs, over.signal).then(
      () => patience.abort(),
      () => undefined,
    );
    await this.parcel.sender.stop(patience.signal);
    over.abort();
  }

  async #report(turn: (round: Round) => Promise<Verdict>): Promise<ReportOutcome> {
    const { clock } = this.#terms;
    const { retryLimit: limit, ...parcel } = this.parcel;
    for (let retryLimit = limit; ; retryLimit = 1) {
      const outcome = await reportResult(
        {
          ...parcel,
          ...(retryLimit === undefined ? {} : { retryLimit }),
          clock,
          turn: (round) => (this.#isFirstOfFresh() ? round() : turn(round)),
          onWait: (rounds, trouble) => this.#wait(rounds, trouble),
        },
        this.#end.signal,
      );
      if (outcome !== 'given-up') return outcome;
      this.#tried.resolve();
      parcel.logger.error('The coordinator does not take the result, it is kept and tried again every hour');
      await clock.sleep(seldomMs, this.#end.signal);
    }
  }

  /** A job that has ended just now does not wait behind those that nobody could take. */
  #isFirstOfFresh(): boolean {
    return this.#rounds++ === 0 && this.#terms.now() - this.parcel.endedAt < freshMs;
  }

  /** The same trouble over hours is a few lines at the log's usual level. */
  #wait(rounds: number, trouble: RoundTrouble | undefined): void {
    this.#tried.resolve();
    if (trouble === undefined) return;
    const level = (rounds & (rounds - 1)) === 0 ? 'warn' : 'debug';
    const facts = { round: rounds, status: trouble.status, err: trouble.error };
    this.parcel.logger[level](facts, 'The result could not be reported, trying again');
  }

  #conclude(outcome: ReportOutcome): void {
    const { result, logger } = this.parcel;
    const reason = result.state === 'failed' ? result.sentence : undefined;
    logger.info({ state: result.state, reason, report: outcome }, 'Job ended');
    this.parcel.release(false);
  }

  #giveUp(error: unknown): void {
    const { result, logger, trace } = this.parcel;
    if (this.#terms.stop.aborted) return this.parcel.release(true);
    const facts = { state: result.state, bytes: trace.size };
    if (error instanceof TooOldError)
      logger.error(facts, 'The coordinator took neither trace nor result in 24 hours, they are removed');
    else logger.error({ ...facts, err: error }, 'The delivery of the result broke off');
    this.parcel.release(!(error instanceof TooOldError));
  }
}
