import { TraceSender } from '../trace/send-trace.ts';
import { JobTrace } from '../trace/job-trace.ts';
import { TraceSpool, type DiskState } from '../trace/trace-spool.ts';
import { closingLine } from '../result/closing-line.ts';
import type { JobResult } from '../result/job-result.ts';
import { mapFailureReason } from '#protocol/failure-reason.ts';
import type { JobAssignment } from './job-handler.ts';
import { JobDirectory } from './job-directory.ts';
import type { JobHost } from './job-host.ts';
import { StageTraceWriter } from './stage-trace.ts';
import { debugTrace, traceLook } from './trace-options.ts';

/** What the coordinator hears of one job: its trace, kept on disk until it is sent, and its result. */
export class JobReport implements Disposable {
  readonly trace: JobTrace;
  readonly stages: StageTraceWriter;
  readonly #assignment: JobAssignment;
  readonly #host: JobHost;
  readonly #directory: JobDirectory;
  readonly #spool: TraceSpool;
  readonly #sender: TraceSender;
  #finished = false;
  #onStatus: (status: 'cancel' | 'abort') => void = () => {};

  constructor(assignment: JobAssignment, host: JobHost) {
    const { received, runner, coordinator, info } = assignment;
    this.#assignment = assignment;
    this.#host = host;
    this.#directory = new JobDirectory(host.stateDir, received.id);
    this.#spool = new TraceSpool({
      path: this.#directory.trace,
      limit: runner.output_limit * 1024,
      clock: host.clock,
      onDisk: (state, error) => this.#noteDisk(state, error),
    });
    this.#sender = new TraceSender({
      coordinator,
      job: received,
      spool: this.#spool,
      debugTrace: debugTrace(received, runner),
      info,
      clock: host.clock,
      onStatus: (status) => this.#onStatus(status),
    });
    this.trace = new JobTrace({
      spool: this.#spool,
      ...traceLook(received, runner),
      onBytes: () => this.#sender.notify(),
      onFailure: (error) => host.logger.error({ err: error }, 'The trace cannot be kept any more'),
    });
    this.stages = new StageTraceWriter(this.trace);
  }

  /** Sends the trace from now on, and passes on what the coordinator thinks of the job. */
  send(onStatus: (status: 'cancel' | 'abort') => void): void {
    this.#onStatus = onStatus;
    this.#sender.start();
  }

  /** Closes the trace and reports the result. Resolves when the slot may be used again; a coordinator that does not take it yet gets it later. */
  async finish(result: JobResult): Promise<void> {
    const { coordinator, received, info, runner } = this.#assignment;
    this.trace.close(closingLine(result));
    this.#finished = true;
    await this.#host.deliveries.add({
      coordinator,
      job: received,
      info,
      failureReasons: received.failureReasons,
      retryLimit: runner.job_status_final_update_retry_limit,
      result,
      endedAt: Date.now(),
      sender: this.#sender,
      trace: this.#spool,
      logger: this.#host.logger,
      release: (keep) => this.#release(keep),
    });
  }

  /** The job was canceled before it began: no trace, only its end. */
  async decline(): Promise<void> {
    const { coordinator, received, info } = this.#assignment;
    const reason = mapFailureReason('job_canceled', received.failureReasons);
    await coordinator.updateJob(received, { state: 'failed', failure_reason: reason, info });
    this.#host.logger.info('Job was canceled before it began');
  }

  /** Does nothing once the result is on its way. */
  [Symbol.dispose](): void {
    this.trace.close();
    if (!this.#finished) this.#release(false);
  }

  #release(keep: boolean): void {
    this.#spool.close();
    if (!keep) this.#directory[Symbol.dispose]();
  }

  #noteDisk(state: DiskState, error: unknown): void {
    const { logger } = this.#host;
    if (state === 'waiting') logger.warn({ err: error }, 'The trace cannot be written to disk, it waits in memory');
    if (state === 'unsafe') logger.error('The trace is sent from memory: the disk has not taken it for too long');
    if (state === 'written') logger.info('The trace is on disk again');
    this.#sender.notify();
  }
}
