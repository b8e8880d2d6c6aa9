import type { RunnerInfo } from '#protocol/runner.ts';
import { formatChecksum, type JobUpdate } from '#protocol/job-update.ts';
import { systemClock, type Clock } from '../common/clock.ts';
import type { Coordinator, JobCredentials, JobReply } from '../coordinator/coordinator.ts';
import { PatchPace } from './send/patch-pace.ts';
import type { TraceSource } from './send/trace-source.ts';

export interface TraceSenderOptions {
  readonly coordinator: Coordinator;
  readonly job: JobCredentials;
  readonly spool: TraceSource;
  /** Bytes that the coordinator has accepted before; 0 when left out. */
  readonly offset?: number;
  /** CI_DEBUG_TRACE: tells the coordinator to show the trace to fewer people. */
  readonly debugTrace: boolean;
  /** Goes into keep-alive updates. */
  readonly info?: RunnerInfo;
  readonly clock?: Clock;
  /**
   * Called at most once for each, until `stop`: the coordinator wants the job to end gracefully (`cancel`), or the job is
   * over for it (`abort`).
   */
  readonly onStatus: (status: 'cancel' | 'abort') => void;
  /** Called with the new offset whenever the coordinator has taken a piece of the trace, or says how much of it it has. */
  readonly onAccepted?: (offset: number) => void;
}

/**
 * What came of sending the rest of the trace. `refused`: the coordinator takes no more of it, the result may still be
 * reported. `failed`: to be tried again later; `status` is that of the last reply.
 */
export type FlushOutcome =
  | { readonly kind: 'sent' | 'refused' }
  | ({ readonly kind: 'failed' } & Pick<JobReply, 'status' | 'retryAfterMs' | 'error'>);

type PatchOutcome = 'accepted' | 'moved' | 'refused' | 'gone' | 'failed';

/** How long the first bytes wait for more. */
const gatherMs = 100;
/** After so long without an accepted call the coordinator is asked how the job stands. */
const keepAliveMs = 9500;
/** However long the coordinator wants to be left alone, it is asked so often whether the job is canceled. */
const longestSilenceMs = 60_000;
const mostMoves = 10;

/**
 * Sends the trace while its job runs, and the rest of it at the end. One request at a time; patches are contiguous and
 * never empty. Call order: `start`, any number of `notify`, `stop` (or `detach`), any number of `flush` and `rewind`.
 */
export class TraceSender {
  readonly #options: TraceSenderOptions;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  readonly #killed = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #wake = new AbortController();
  readonly #pace = new PatchPace();
  #offset: number;
  /** Times of the clock. */
  #nextPatch = 0;
  #nextKeepAlive: number;
  #idle = true;
  #canceled = false;
  #aborted = false;
  #lastReply: JobReply | undefined;

  constructor(options: TraceSenderOptions) {
    this.#options = options;
    this.#offset = Math.min(options.offset ?? 0, options.spool.size);
    this.#clock = options.clock ?? systemClock;
    this.#nextKeepAlive = this.#clock.now() + keepAliveMs;
  }

  /** Bytes that the coordinator has accepted. */
  get offset(): number {
    return this.#offset;
  }

  /** Milliseconds to wait between two tries of the final phase. */
  get pauseMs(): number {
    return this.#pace.pauseMs;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** The trace has grown. */
  notify(): void {
    if (!this.#idle || this.#offset >= this.#options.spool.sendable) return;
    this.#idle = false;
    this.#nextPatch = Math.max(this.#nextPatch, this.#clock.now() + gatherMs);
    this.#wake.abort();
  }

  /** The sending ends without anybody waiting for it: the process goes away and another one will go on. More than one call does nothing more. */
  detach(): void {
    this.#stopped.abort();
    this.#wake.abort();
  }

  /** Ends the sending of a running job. A patch under way is waited for, unless the signal aborts. Never rejects. */
  async stop(signal?: AbortSignal): Promise<void> {
    this.detach();
    const kill = (): void => this.#killed.abort();
    if (signal?.aborted === true) kill();
    signal?.addEventListener('abort', kill, { once: true });
    await this.#loop;
    signal?.removeEventListener('abort', kill);
  }

  /** Sends all that is not accepted yet, without waiting for an interval, but until it may be sent. Rejects with the signal's reason only. */
  async flush(signal: AbortSignal): Promise<FlushOutcome> {
    const { spool } = this.#options;
    for (let moves = 0; this.#offset < spool.size;) {
      signal.throwIfAborted();
      if (this.#aborted) return { kind: 'refused' };
      if (this.#offset >= spool.sendable) {
        await this.#clock.sleep(this.pauseMs, signal);
        continue;
      }
      const outcome = await this.#patch(signal);
      if (outcome === 'refused' || outcome === 'gone') return { kind: 'refused' };
      if (outcome === 'accepted') moves = 0;
      else if (outcome === 'failed' || ++moves > mostMoves)
        return { kind: 'failed', ...(this.#lastReply ?? { status: -1 }) };
      else await this.#clock.sleep(this.pauseMs, signal);
    }
    return { kind: 'sent' };
  }

  /** The coordinator has lost the trace: all of it is to be sent again. */
  rewind(): void {
    this.#moveTo(0);
  }

  /** Checksum and size of the trace as updates carry them. */
  describe(): Pick<JobUpdate, 'checksum' | 'output'> {
    const { size, checksum } = this.#options.spool;
    const text = formatChecksum(checksum);
    return { checksum: text, output: { checksum: text, ...(size === 0 ? {} : { bytesize: size }) } };
  }

  async #run(): Promise<void> {
    const over = (): boolean => this.#stopped.signal.aborted || this.#aborted;
    while (!over()) {
      try {
        const pending = this.#offset < this.#options.spool.sendable;
        this.#idle = !pending;
        const due = pending ? Math.min(this.#nextPatch, this.#nextKeepAlive) : this.#nextKeepAlive;
        if (due > this.#clock.now()) await this.#sleep(due - this.#clock.now());
        else if (pending && this.#nextPatch <= this.#clock.now()) await this.#sendPending();
        else await this.#keepAlive();
      } catch {
        // An abort of our own, which the loop's condition knows of; for anything else this keeps the loop from spinning.
        this.#nextPatch = this.#clock.now() + this.#pace.waitMs;
      }
    }
  }

  /** Ends early when `notify` or `stop` wakes it. */
  async #sleep(ms: number): Promise<void> {
    this.#wake = new AbortController();
    const woken = this.#wake.signal;
    await this.#clock.sleep(ms, woken).catch((error: unknown) => {
      if (!woken.aborted) throw error;
    });
  }

  /** One tick: all that is there now, in as many patches as it takes. */
  async #sendPending(): Promise<void> {
    const target = this.#options.spool.sendable;
    let outcome: PatchOutcome = 'accepted';
    while (outcome === 'accepted' && this.#offset < target && !this.#stopped.signal.aborted) {
      const begin = this.#clock.now();
      outcome = await this.#patch(this.#killed.signal);
      this.#nextPatch = begin + this.#pace.waitMs;
    }
  }

  async #patch(signal: AbortSignal): Promise<PatchOutcome> {
    const { coordinator, job, spool, debugTrace } = this.#options;
    const bytes = this.#read();
    if (bytes === undefined) return 'gone';
    const begin = this.#clock.now();
    const reply = await coordinator.patchTrace(job, bytes, this.#offset, debugTrace, signal);
    this.#observe(reply);
    if (this.#aborted) return 'refused';
    const smaller = this.#pace.answered(reply.status, this.#clock.now() - begin);
    if (reply.status === 202) {
      this.#moveTo(this.#offset + bytes.length);
      this.#nextKeepAlive = this.#clock.now() + keepAliveMs;
      return 'accepted';
    }
    if (reply.status === 416) {
      this.#moveTo(Math.min(reply.storedBytes ?? 0, spool.size));
      return 'moved';
    }
    if (smaller) return 'moved';
    return reply.status === 404 ? 'gone' : 'failed';
  }

  #moveTo(offset: number): void {
    this.#offset = offset;
    this.#options.onAccepted?.(offset);
  }

  /** The next patch, or nothing if the disk does not give it back. */
  #read(): Buffer | undefined {
    const { spool } = this.#options;
    try {
      return spool.read(this.#offset, Math.min(this.#pace.patchSize, spool.sendable - this.#offset));
    } catch {
      return undefined;
    }
  }

  /** Tells the coordinator that the job is alive; the answer tells whether it is still wanted. */
  async #keepAlive(): Promise<void> {
    const { coordinator, job, info } = this.#options;
    this.#nextKeepAlive = this.#clock.now() + keepAliveMs;
    const update: JobUpdate = { state: 'running', ...(info === undefined ? {} : { info }), ...this.describe() };
    const reply = await coordinator.updateJob(job, update, this.#stopped.signal);
    this.#observe(reply);
    if (reply.status === 404) this.#abort();
  }

  #observe(reply: JobReply): void {
    this.#lastReply = reply;
    this.#pace.observe(reply);
    const askAt = this.#clock.now() + Math.min(this.#pace.demandedMs, longestSilenceMs);
    this.#nextKeepAlive = Math.max(this.#nextKeepAlive, askAt);
    if (reply.jobStatus === 'canceled' || reply.jobStatus === 'failed' || reply.status === 403) this.#abort();
    if (reply.jobStatus === 'canceling' && !this.#canceled && !this.#aborted) {
      this.#canceled = true;
      this.#tell('cancel');
    }
  }

  #abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#tell('abort');
  }

  #tell(status: 'cancel' | 'abort'): void {
    if (!this.#stopped.signal.aborted) this.#options.onStatus(status);
  }
}
