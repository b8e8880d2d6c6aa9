import { TraceSender } from '../trace/send-trace.ts';
import { JobTrace } from '../trace/job-trace.ts';
import { TraceSpool, type DiskState } from '../trace/trace-spool.ts';
import { StopError } from '../common/errors/stop-error.ts';
import { classifyFailure } from '../result/classify-failure.ts';
import { closingLine } from '../result/closing-line.ts';
import type { JobResult } from '../result/job-result.ts';
import { momentNow } from '../journal/moment.ts';
import type { JobRecord } from '../journal/job-record.ts';
import type { RecordedResult } from '../journal/journal-state.ts';
import { deliverText } from './delivery/deliver-text.ts';
import type { JobAssignment } from './job-handler.ts';
import { recordedFailure, recordedResult } from './record/recorded-result.ts';
import type { JobHost } from './job-host.ts';
import { StageTraceWriter } from './stage-trace.ts';
import { debugTrace, traceLook } from './trace-options.ts';

/** What the coordinator hears of one job: its trace, kept on disk until it is sent, and its result. */
export class JobReport implements Disposable {
  readonly trace: JobTrace;
  readonly stages: StageTraceWriter;
  readonly #assignment: JobAssignment;
  readonly #host: JobHost;
  readonly #record: JobRecord;
  readonly #spool: TraceSpool;
  readonly #sender: TraceSender;
  #finished = false;
  readonly #kept = Promise.withResolvers<void>();
  #onStatus: (status: 'cancel' | 'abort') => void = () => {};

  /** Goes on with what an earlier process has said. */
  constructor(assignment: JobAssignment, host: JobHost, record: JobRecord) {
    const { received, runner, coordinator, info } = assignment;
    this.#assignment = assignment;
    this.#host = host;
    this.#record = record;
    const { journal, state } = record;
    this.#spool = new TraceSpool({
      path: record.trace,
      limit: runner.output_limit * 1024,
      clock: host.clock,
      mayWrite: () => journal.isWritten,
      onDisk: (disk, error) => this.#noteDisk(disk, error),
    });
    this.#sender = new TraceSender({
      coordinator,
      job: received,
      spool: this.#spool,
      debugTrace: debugTrace(received, runner),
      info,
      clock: host.clock,
      offset: Math.min(state.sent, this.#spool.size),
      onStatus: (status) => this.#onStatus(status),
      onAccepted: (offset) => journal.append({ type: 'sent', offset }),
    });
    this.trace = new JobTrace({
      spool: this.#spool,
      ...traceLook(received, runner),
      onSource: (at, stream) => journal.append({ type: 'write', at, stream }),
      onBytes: () => this.#sender.notify(),
      onFailure: (error) => host.logger.error({ err: error }, 'The trace cannot be kept any more'),
    });
    this.trace.addSecrets(state.secrets);
    this.stages = new StageTraceWriter(this.trace, journal, state.section);
  }

  /** Hides what was found while the job runs, for processes to come as well. */
  addSecrets(secrets: Iterable<string>): void {
    const values = [...secrets];
    this.trace.addSecrets(values);
    if (values.length > 0) this.#record.journal.append({ type: 'secrets', values });
  }

  /**
   * Resolves when the disk holds the trace: until then the engine's log of a container is the only copy of its output. A
   * disk that takes nothing for too long, or a trace that is not wanted any more, is not waited for.
   */
  async whenKept(): Promise<void> {
    if (this.#spool.unwritten > 0) await this.#kept.promise;
  }

  /** Sends the trace from now on, and passes on what the coordinator thinks of the job. */
  send(onStatus: (status: 'cancel' | 'abort') => void): void {
    this.#onStatus = onStatus;
    if (!this.#record.state.admitted) this.#record.journal.append({ type: 'admitted' });
    this.#sender.start();
  }

  /** Closes the trace and reports the result. Resolves when the slot may be used again; a coordinator that does not take it yet gets it later. */
  async finish(known: JobResult): Promise<void> {
    // its sentence may quote the job's output, and goes into the agent's log too
    const result = known.state === 'failed' ? { ...known, sentence: this.trace.hide(known.sentence) } : known;
    this.stages.closeSection();
    this.#record.journal.append({ type: 'result', at: this.trace.size, ...recordedFailure(result) });
    this.trace.close(closingLine(result));
    await this.#deliver(result, momentNow().wall);
  }

  /** Reports a result that an earlier process has written down. */
  async finishAgain(result: RecordedResult): Promise<void> {
    const known = recordedResult(result);
    this.trace.close(result.closed ? undefined : closingLine(known));
    await this.#deliver(known, result.endedAt);
  }

  async #deliver(result: JobResult, endedAt: number): Promise<void> {
    const { coordinator, received, info, runner } = this.#assignment;
    this.#finished = true;
    await this.#host.deliveries.add({
      coordinator,
      job: received,
      info,
      failureReasons: received.failureReasons,
      retryLimit: runner.job_status_final_update_retry_limit,
      result,
      endedAt,
      sender: this.#sender,
      trace: this.#spool,
      logger: this.#host.logger,
      release: (keep) => this.#release(keep),
    });
  }

  /** The job was canceled before it began: no trace, only its end. */
  async decline(): Promise<void> {
    this.#finished = true;
    const result = classifyFailure(new StopError('cancel'));
    await deliverText(this.#assignment, this.#host, { result, text: '', release: (keep) => this.#release(keep) });
  }

  /** Does nothing once the result is on its way. */
  [Symbol.dispose](): void {
    this.trace.close();
    if (!this.#finished) this.#release(false);
  }

  #release(keep: boolean): void {
    this.#kept.resolve();
    this.#spool.close();
    if (keep) this.#record.journal.close();
    else this.#record.remove();
  }

  #noteDisk(state: DiskState, error: unknown): void {
    const { logger } = this.#host;
    if (state === 'waiting') {
      logger.warn({ err: error }, 'The trace cannot be written to disk, it waits in memory');
      this.#host.deliveries.room.noDisk(this.#host.stateDir);
    }
    if (state !== 'waiting') this.#kept.resolve();
    if (state === 'unsafe') logger.error('The trace is sent from memory: the disk has not taken it for too long');
    if (state === 'written') logger.info('The trace is on disk again');
    this.#sender.notify();
  }
}
