import type { JobRecord } from '../store/job-record.ts';
import type { JobStore } from '../store/jobs.ts';

const told = ['running', 'canceling', 'canceled', 'success', 'failed', 'skipped', 'manual'];

/** Prints a line whenever a job gets a state that people want to hear of. Gives back the function that ends it. */
export function printProgress(jobs: JobStore, print: (line: string) => void): () => void {
  const onChange = (job: JobRecord): void => {
    if (told.includes(job.state)) print(`job ${job.id} ${job.name} (${job.stage}): ${describe(job)}`);
  };
  jobs.events.on('change', onChange);
  return () => void jobs.events.off('change', onChange);
}

function describe(job: JobRecord): string {
  const { state, failureReason, exitCode, allowFailure, t } = job;
  if (!job.hasEnded || t['final'] === undefined) return state;
  const seconds = t['handed'] === undefined ? '' : ` after ${(t['final'] - t['handed']).toFixed(1)} s`;
  const why = failureReason === undefined ? '' : `, ${failureReason}`;
  const code = exitCode === undefined ? '' : `, exit code ${exitCode}`;
  return `${state}${seconds}${why}${code}${state === 'failed' && allowFailure ? ', allowed to fail' : ''}`;
}
