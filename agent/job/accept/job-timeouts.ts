import { parseDuration } from '../../common/duration.ts';
import type { JobTimeouts } from '../../spec/job-spec.ts';
import type { JobVariables } from '../variables/job-variables.ts';

const AFTER_SCRIPT_MS = 5 * 60_000;

/** Reads RUNNER_SCRIPT_TIMEOUT and RUNNER_AFTER_SCRIPT_TIMEOUT. What cannot be meant is said through `warn` and left out. */
export function jobTimeouts(jobMs: number, variables: JobVariables, warn: (text: string) => void): JobTimeouts {
  const read = (name: string): number | undefined => {
    const text = variables.get(name);
    if (text === '') return undefined;
    const ms = parseDuration(text);
    if (ms === undefined || ms < 0) {
      warn(`${name} = "${text}" is no duration such as 90s or 1h30m; the default is used`);
      return undefined;
    }
    if (ms > jobMs) warn(`${name} = "${text}" is longer than the timeout of the job, which ends it earlier`);
    return ms === 0 ? undefined : Math.min(ms, jobMs);
  };
  return {
    job: jobMs,
    script: read('RUNNER_SCRIPT_TIMEOUT'),
    afterScript: read('RUNNER_AFTER_SCRIPT_TIMEOUT') ?? AFTER_SCRIPT_MS,
  };
}
