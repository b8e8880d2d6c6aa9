import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../common/errors/error-code.ts';

/** Numbers of the jobs that have a directory in the state directory: they are not over. Throws the file system's error. */
export function liveJobs(stateDir: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(join(stateDir, 'jobs')).map((name) => name.split('.')[0] ?? ''));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Set();
    throw error;
  }
}
