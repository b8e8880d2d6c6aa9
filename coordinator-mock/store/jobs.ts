import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { MonotonicClock } from '../clock.ts';
import type { JobState } from '../pipeline/pipeline-state.ts';
import { JobRecord, type NewJob } from './job-record.ts';

/** What a job ended with. `state` is what the agent reported or the coordinator decided. */
export interface JobEnd {
  readonly state: 'success' | 'failed' | 'canceled';
  readonly failureReason?: string | undefined;
  readonly exitCode?: number | undefined;
}

interface JobEvents {
  /** The job has a new state. */
  change: [JobRecord];
  trace: [JobRecord, Buffer];
}

/** All jobs and the only place where their states change. */
export class JobStore {
  readonly events = new EventEmitter<JobEvents>().setMaxListeners(0);
  readonly #clock: MonotonicClock;
  readonly #jobs = new Map<number, JobRecord>();
  readonly #byToken = new Map<string, JobRecord>();
  #lastId = 100;

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** Reserves an id and makes the token that goes with it. */
  newIdentity(): { id: number; token: string } {
    this.#lastId += 1;
    return {
      id: this.#lastId,
      token: `glcbt-${randomBytes(3).toString('hex')}_${randomBytes(15).toString('base64url')}`,
    };
  }

  add(job: NewJob): JobRecord {
    const record = new JobRecord(job);
    this.#jobs.set(record.id, record);
    this.#byToken.set(record.token, record);
    return record;
  }

  get(id: number): JobRecord | undefined {
    return this.#jobs.get(id);
  }

  all(): JobRecord[] {
    return [...this.#jobs.values()];
  }

  byToken(token: string): JobRecord | undefined {
    return this.#byToken.get(token);
  }

  /** Oldest first. */
  pending(): JobRecord[] {
    return this.all().filter((job) => job.state === 'pending');
  }

  enqueue(job: JobRecord): void {
    job.t['queued'] = this.#clock.seconds();
    this.setState(job, 'pending');
  }

  handOut(job: JobRecord, runnerId: number, cancelsGracefully: boolean): void {
    job.runnerId = runnerId;
    job.cancelsGracefully = cancelsGracefully;
    job.t['handed'] = this.#clock.seconds();
    this.setState(job, 'running');
  }

  appendTrace(job: JobRecord, bytes: Buffer): void {
    if (bytes.length === 0) return;
    const now = this.#clock.seconds();
    const longestMark = Math.max(0, ...job.options.marks.map((mark) => Buffer.byteLength(mark)));
    const seam = job.trace.tail(Math.max(0, longestMark - 1));
    job.trace.append(bytes);
    job.patches.push([now, bytes.length]);
    job.t['first_trace'] ??= now;
    const fresh = longestMark === 0 ? bytes : Buffer.concat([seam, bytes]);
    for (const mark of job.options.marks) if (fresh.includes(mark)) job.t[mark] ??= now;
    this.events.emit('trace', job, bytes);
  }

  /** Asks the agent to stop, or ends a job that no agent has. With force, or an agent that knows no better, the job is canceled at once. */
  cancel(job: JobRecord, force: boolean): void {
    if (job.hasEnded) return;
    if (job.isExecuting && !force && job.cancelsGracefully) this.setState(job, 'canceling');
    else this.end(job, { state: 'canceled' });
  }

  /** A job that is being cancelled ends as canceled, whatever was reported. */
  end(job: JobRecord, end: JobEnd): void {
    job.failureReason = end.failureReason;
    job.exitCode = end.exitCode;
    job.t['final'] = this.#clock.seconds();
    this.setState(job, job.state === 'canceling' ? 'canceled' : end.state);
  }

  setState(job: JobRecord, state: JobState): void {
    job.state = state;
    this.events.emit('change', job);
  }

  /** Resolves when the job has ended, `seconds` are over or the signal aborts. */
  async ended(job: JobRecord, seconds: number, signal?: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(Math.max(0, Math.ceil(seconds * 1000)));
    const stop = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    while (!job.hasEnded && !stop.aborted) await this.#nextChange(stop);
  }

  #nextChange(stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.events.off('change', done);
        stop.removeEventListener('abort', done);
        resolve();
      };
      this.events.once('change', done);
      stop.addEventListener('abort', done, { once: true });
    });
  }
}
