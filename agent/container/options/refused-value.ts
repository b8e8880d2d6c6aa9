import { JobFailure } from '../../common/errors/job-failure.ts';

/** A value of `[runners.docker]` that nothing can be made of, as the failure of the job that needs it. No retry mends it. */
export function refusedValue(
  key: string,
  value: string,
  expected: string,
  reason: JobFailure['reason'] = 'runner_system_failure',
): JobFailure {
  return new JobFailure(reason, `${key} = "${value}" in [runners.docker]: expected ${expected}`);
}
