import { isProtocolError } from '#protocol/protocol-error.ts';
import type { Logger } from '../common/logger.ts';
import type { Config } from '../config/schema.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import { runnerInfo } from '../coordinator/runner-info.ts';
import { JobRecord } from '../journal/job-record.ts';
import type { JobHandler } from '../job/job-handler.ts';
import { openRecord, receivedJob, recordedRunner } from '../job/record/record-job.ts';
import type { JobSlots } from '../poll/job-slots.ts';

export interface ResumeOptions {
  /** undefined: there is nothing to find. */
  readonly stateDir?: string;
  readonly config: Config;
  readonly slots: JobSlots;
  readonly logger: Logger;
  readonly runJob: JobHandler;
  readonly shutdown: AbortSignal;
  readonly detached: AbortSignal;
  makeCoordinator(runner: RunnerConfig, config: Config): Coordinator;
}

/**
 * Goes on with every job that earlier processes of this agent have left in the state directory, each in the place it had.
 * Returns at once; how many were found is in the log when all of them go on.
 */
export function resumeJobs(options: ResumeOptions): void {
  if (options.stateDir === undefined) return;
  const records = JobRecord.list(options.stateDir).flatMap((path) => open(path, options.logger));
  if (records.length === 0) return;
  let unsettled = records.length;
  const settled = (): void => {
    if (--unsettled > 0) return;
    // Since the start of this process: so long nobody looked after the jobs.
    options.logger.info({ jobs: records.length, ms: Math.round(performance.now()) }, 'Resumed jobs');
  };
  for (const record of records) void resume(record, options, settled);
}

function open(path: string, logger: Logger): JobRecord[] {
  try {
    return [openRecord(path)];
  } catch (error) {
    logger.error({ err: error, path }, 'A job of an earlier process cannot be resumed, its files are left as they are');
    return [];
  }
}

async function resume(record: JobRecord, options: ResumeOptions, settled: () => void): Promise<void> {
  const { config, slots, shutdown, detached, runJob } = options;
  const { slot } = record.job;
  const runner = recordedRunner(record.job);
  const received = receivedJob(record.job);
  const projectId = isProtocolError(received.payload) ? 0 : received.payload.job_info.project_id;
  const place = slots.restore(`${runner.url} ${runner.token}`, slot, projectId);
  const onSettled = onlyOnce(settled);
  try {
    const coordinator = options.makeCoordinator(runner, config);
    const info = runnerInfo({ gpus: runner.docker.gpus, labels: { ...config.labels, ...runner.labels } });
    await runJob({ runner, coordinator, info, received, slot, shutdown, detached, earlier: { record, onSettled } });
  } finally {
    onSettled();
    place.release();
  }
}

function onlyOnce(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
