import type { RunnerInfo } from '#protocol/runner.ts';
import type { Coordinator, JobCredentials } from '../coordinator/coordinator.ts';

/** What the coordinator says to the news that the job begins. */
export type Admission = 'run' | 'drop' | 'cancel';

/** Tells the coordinator that the job begins. Only a clear refusal keeps it from running: an answer that is missing or odd does not. */
export async function acknowledgeJob(
  coordinator: Coordinator,
  job: JobCredentials,
  info: RunnerInfo,
): Promise<Admission> {
  const reply = await coordinator.updateJob(job, { state: 'running', info, output: {} });
  if (reply.jobStatus === 'canceled' || reply.jobStatus === 'failed') return 'drop';
  if (reply.status === 403 || reply.status === 404) return 'drop';
  return reply.jobStatus === 'canceling' ? 'cancel' : 'run';
}
