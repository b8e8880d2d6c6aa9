import { elapsedMs } from '../../journal/moment.ts';
import type { JobRecord } from '../../journal/job-record.ts';
import { JobDeadline } from '../job-deadline.ts';
import { stopReason } from './job-progress.ts';

/** What is left of the job's time, and the stop that was under way when an earlier process left it. Every stop is written down before it takes place. */
export function resumedDeadline({ job, state, journal }: JobRecord, jobMs: number): JobDeadline {
  const left = jobMs - elapsedMs(job.receivedAt);
  const deadline = new JobDeadline(left, (reason) => journal.append({ type: 'stop', reason }));
  const stop = stopReason(state.stop);
  if (stop === undefined) return deadline;
  if (state.scripts.length > 0) deadline.resumeStop(stop);
  else deadline.stop(stop);
  return deadline;
}
