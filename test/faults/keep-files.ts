import { existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRecord } from '../../coordinator-mock/store/job-record.ts';
import type { JobPlan } from './run-plan.ts';

const KEPT = ['job.json', 'journal.ndjson', 'trace.log'];

/** Numbers of the jobs that a state directory holds. */
export function jobsOnDisk(stateDir: string): string[] {
  const jobs = join(stateDir, 'jobs');
  return existsSync(jobs) ? readdirSync(jobs) : [];
}

/** Gives the files of jobs in the state directory a second name, under which they outlive their removal. */
export function linkJobFiles(stateDir: string, folder: string): void {
  const jobs = join(stateDir, 'jobs');
  for (const id of jobsOnDisk(stateDir)) {
    const kept = join(folder, `job-${id}`);
    mkdirSync(kept, { recursive: true });
    for (const file of KEPT) {
      if (existsSync(join(kept, file))) continue;
      try {
        linkSync(join(jobs, id, file), join(kept, file));
      } catch {
        // Not there yet, gone already, or on another file system.
      }
    }
  }
}

/** Writes down what the coordinator has of a job and what its script was. */
export async function keepJob(folder: string, plan: JobPlan, record: JobRecord): Promise<void> {
  const kept = join(folder, `job-${String(record.id)}`);
  mkdirSync(kept, { recursive: true });
  await writeFile(join(kept, 'received.log'), record.trace.bytes());
  await writeFile(join(kept, 'received.json'), JSON.stringify(record.view(), undefined, 2));
  await writeFile(join(kept, 'script.sh'), plan.script.shell);
}
