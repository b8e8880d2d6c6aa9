import type { Variable } from '#protocol/job.ts';

/** A variable as the job file or the server gives it: visible to services, not masked. */
export function publicVariable(key: string, value: string, raw = false): Variable {
  return { key, value, public: true, masked: false, file: false, raw };
}
