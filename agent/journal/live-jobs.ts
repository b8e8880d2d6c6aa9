import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { JobRecord } from './job-record.ts';

/** Numbers of the jobs in the state directory that are not over. Throws the file system's error. */
export function liveJobs(stateDir: string): ReadonlySet<string> {
  return new Set(JobRecord.list(stateDir).map((path) => basename(path).split('.')[0] ?? ''));
}

/**
 * Removes what is left of the files of jobs that are over, or that were never written down whole: a process died in the
 * midst of it. Only for the owner of the state directory. Throws the file system's error.
 */
export function removeRemains(stateDir: string): void {
  const jobs = join(stateDir, 'jobs');
  const whole = new Set(JobRecord.list(stateDir));
  for (const name of existsSync(jobs) ? readdirSync(jobs) : []) {
    const path = join(jobs, name);
    if (!whole.has(path)) rmSync(path, { recursive: true, force: true });
  }
}
