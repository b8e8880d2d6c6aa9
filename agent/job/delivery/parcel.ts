import type { RunnerInfo } from '#protocol/runner.ts';
import type { Logger } from '../../common/logger.ts';
import type { Coordinator, JobCredentials } from '../../coordinator/coordinator.ts';
import type { JobResult } from '../../result/job-result.ts';
import type { TraceSender } from '../../trace/send-trace.ts';
import type { TraceSource } from '../../trace/send/trace-source.ts';

/** A finished job whose rest of the trace and whose result go to the coordinator. */
export interface Parcel {
  readonly coordinator: Coordinator;
  readonly job: JobCredentials;
  readonly info: RunnerInfo;
  /** The reasons that the coordinator knows (`features.failure_reasons`). */
  readonly failureReasons: readonly string[];
  /** `job_status_final_update_retry_limit`. */
  readonly retryLimit?: number;
  readonly result: JobResult;
  /** When the job ended, milliseconds since 1970: nothing is kept for ever. */
  readonly endedAt: number;
  /** Its `start` may have been called; it is stopped here. */
  readonly sender: TraceSender;
  readonly trace: TraceSource;
  readonly logger: Logger;
  /** Closes the trace. `keep`: nobody has taken the result, the files stay for the agent's next start; else they go. Called once. */
  release(keep: boolean): void;
}
