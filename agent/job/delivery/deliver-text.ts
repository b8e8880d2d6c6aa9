import type { JobResult } from '../../result/job-result.ts';
import { MemoryTrace } from '../../trace/send/memory-trace.ts';
import { TraceSender } from '../../trace/send-trace.ts';
import type { JobAssignment } from '../job-handler.ts';
import type { JobHost } from '../job-host.ts';
import type { Parcel } from './parcel.ts';

export interface TextDelivery extends Pick<Parcel, 'release'> {
  readonly result: JobResult;
  /** The whole trace; may be empty. */
  readonly text: string;
}

/** Delivers the end of a job that has no trace on disk. Resolves as `Deliveries.add` does. */
export async function deliverText(assignment: JobAssignment, host: JobHost, delivery: TextDelivery): Promise<void> {
  const { coordinator, received: job, info, runner } = assignment;
  const { clock, logger, deliveries } = host;
  const trace = new MemoryTrace(delivery.text);
  const sender = new TraceSender({ coordinator, job, spool: trace, debugTrace: false, clock, onStatus: () => {} });
  await deliveries.add({
    coordinator,
    job,
    info,
    failureReasons: job.failureReasons,
    retryLimit: runner.job_status_final_update_retry_limit,
    result: delivery.result,
    endedAt: Date.now(),
    sender,
    trace,
    logger,
    release: (keep) => delivery.release(keep),
  });
}
