import { TraceSender } from '../trace/send-trace.ts';
import { JobTrace } from '../trace/job-trace.ts';
import { TraceSpool } from '../trace/trace-spool.ts';
import { closingLine } from '../result/closing-line.ts';
import type { JobResult } from '../result/job-result.ts';
import { reportResult } from '../result/report-result.ts';
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
  readonly #abandon = new AbortController();
  #onStatus: (status: 'cancel' | 'abort') => void = () => {};

  constructor(assignment: JobAssignment, host: JobHost) {
    const { received, runner, coordinator, info } = assignment;
    this.#assignment = assignment;
    this.#host = host;
    this.#directory = new JobDirectory(host.stateDir, received.id);
    this.#spool = new TraceSpool({ path: this.#directory.trace, limit: runner.output_limit * 1024 });
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

  /** Closes the trace and reports the result until the coordinator has taken or refused it. */
  async finish(result: JobResult): Promise<void> {
    const { coordinator, received, info, runner } = this.#assignment;
    this.trace.close(closingLine(result));
    await this.#sender.stop();
    const outcome = await reportResult(
      {
        coordinator,
        job: received,
        sender: this.#sender,
        result,
        info,
        failureReasons: received.failureReasons,
        retryLimit: runner.job_status_final_update_retry_limit,
        clock: this.#host.clock,
        onRetry: (round, { status, error }) =>
          this.#host.logger.warn({ round, status, err: error }, 'The result could not be reported, trying again'),
      },
      this.#abandon.signal,
    );
    const sentence = result.state === 'failed' ? result.sentence : undefined;
    this.#host.logger.info({ state: result.state, reason: sentence, report: outcome }, 'Job ended');
  }

  /** The job was canceled before it began: no trace, only its end. */
  async decline(): Promise<void> {
    const { coordinator, received, info } = this.#assignment;
    const reason = mapFailureReason('job_canceled', received.failureReasons);
    await coordinator.updateJob(received, { state: 'failed', failure_reason: reason, info });
    this.#host.logger.info('Job was canceled before it began');
  }

  [Symbol.dispose](): void {
    this.trace.close();
    this.#spool.close();
    this.#directory[Symbol.dispose]();
  }
}
