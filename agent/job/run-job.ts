import { isProtocolError } from '#protocol/protocol-error.ts';
import { onAbort } from '../common/abort.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import { StopError } from '../common/errors/stop-error.ts';
import type { JobRecord } from '../journal/job-record.ts';
import { classifyFailure } from '../result/classify-failure.ts';
import { acknowledgeJob } from './acknowledge-job.ts';
import { refuseJob } from './delivery/refuse-job.ts';
import type { JobAssignment, JobHandler } from './job-handler.ts';
import type { JobDeadline } from './job-deadline.ts';
import type { JobHost } from './job-host.ts';
import { JobReport } from './job-report.ts';
import { recordJob } from './record/record-job.ts';
import { resumedDeadline } from './record/resumed-deadline.ts';
import { RunningJob } from './running-job.ts';
import { greeting } from './trace-options.ts';

/** The handler of received jobs on this host. */
export const jobRunner =
  (host: JobHost): JobHandler =>
  async (assignment) => {
    const logger = host.logger.child({ job: assignment.received.id, runner: assignment.runner.name });
    const own = { ...host, logger };
    let record: JobRecord;
    try {
      // before anything else, and before anybody is told that we have it
      record = assignment.earlier?.record ?? recordJob(assignment, host.stateDir);
    } catch (error) {
      logger.error({ err: error }, 'Job was refused, it cannot be written down');
      return await refuseJob(assignment, own, error);
    }
    try {
      if (!assignment.detached.aborted) await runJob(assignment, own, record);
    } catch (error) {
      logger.error({ err: error }, 'Job was given up');
      await reportFault(assignment);
    }
  };

/** The last resort, when not even a trace can be kept: no job may stay "running" for ever. */
async function reportFault({ coordinator, received, info }: JobAssignment): Promise<void> {
  await coordinator.updateJob(received, { state: 'failed', failure_reason: 'runner_system_failure', info });
}

/** One job: accept, prepare, stages, result; its objects are removed after the slot is free again. */
async function runJob(assignment: JobAssignment, host: JobHost, record: JobRecord): Promise<void> {
  // 1 its trace is on disk before anything is said in it
  using report = new JobReport(assignment, host, record);
  const { payload } = assignment.received;
  const job = new RunningJob(assignment, host, record);
  try {
    // 2 what an earlier process has brought to its end only has to be told
    if (record.state.result !== undefined) return await report.finishAgain(record.state.result);
    if (report.trace.size === 0) for (const line of greeting(assignment, host.systemId)) report.trace.line(line);
    // 3 nobody may wait for a job that cannot be read
    if (isProtocolError(payload)) {
      await acknowledgeJob(assignment.coordinator, assignment.received, assignment.info);
      return await report.finish(classifyFailure(payload));
    }
    // 4 run it until it ends or is stopped
    using deadline = resumedDeadline(record, payload.runner_info.timeout * 1000);
    using _ = onAbort(assignment.shutdown, () => deadline.stop('shutdown'));
    const admitted = admit(assignment, report, deadline, record.durable);
    const failure = await job.run(payload, { report, deadline, admitted });
    // 5 the result first, then the clean-up
    const admission = await admitted;
    logFault(host, failure);
    if (admission === 'run') await report.finish(classifyFailure(failure));
    if (admission === 'cancel') await report.decline();
  } finally {
    const cleanUp = (): Promise<void> => report.whenKept().then(() => job.cleanup());
    host.cleanups.add(cleanUp, assignment.received.id);
  }
}

/** What nobody has given a reason is a fault of ours or of the engine: the operator has to see it. */
function logFault({ logger }: JobHost, failure: unknown): void {
  if (failure === undefined || failure instanceof JobFailure || failure instanceof StopError) return;
  logger.error({ err: failure }, 'Job failed for a reason of its own');
}

/** Tells the coordinator that the job begins; the trace is sent from then on. A job that is not wanted any more stops. */
async function admit(
  { coordinator, received, info, earlier }: JobAssignment,
  report: JobReport,
  deadline: JobDeadline,
  recorded: Promise<void>,
): Promise<'run' | 'drop' | 'cancel'> {
  await recorded;
  const known = earlier?.record.state.admitted ?? false;
  const admission = known ? 'run' : await acknowledgeJob(coordinator, received, info);
  if (admission === 'run') report.send((status) => deadline.stop(status));
  else deadline.stop(admission === 'cancel' ? 'cancel' : 'abort');
  return admission;
}
