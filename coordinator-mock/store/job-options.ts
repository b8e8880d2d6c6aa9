import { z } from 'zod';
import { defaulted, list, optional } from '#protocol/lenient.ts';

/** `_opts` of a job made through the admin API: how the coordinator is to treat it. */
export const jobOptionsSchema = z.object({
  /** Texts whose first appearance in the trace is stamped in `t`. */
  marks: list(z.string()),
  /** Value of X-GitLab-Trace-Update-Interval for this job, sensible or not. */
  interval: optional(z.union([z.number(), z.string()])),
  /** Status codes for the first final updates, in order; 412 also empties the trace. */
  final: list(z.int()),
  /** Value of Job-Status, whatever the job's state. */
  status: optional(z.string()),
  /** Body of the 201 in place of the payload, with its content type. */
  answer: optional(z.string()),
  answer_type: z.preprocess((value) => value ?? 'application/json', z.string()),
  faults: list(z.record(z.string(), z.unknown())),
  /** Token of the only runner that may have the job. */
  for_runner: optional(z.string()),
  /** How many final updates with a checksum are answered 202 (trace not migrated yet); true is 1. */
  force202: optional(z.union([z.boolean().transform(Number), z.int()])),
  /** Once the trace holds `at` bytes, all but the first `to` are lost. */
  lose: optional(z.object({ at: z.int(), to: z.int() })),
  tags: list(z.string()),
  allow_failure: optional(z.union([z.boolean(), z.object({ exit_codes: z.array(z.int()) })])),
});
export type JobOptions = z.infer<typeof jobOptionsSchema>;

/** Options, all of which may be missing. */
export const optionalJobOptionsSchema = defaulted(jobOptionsSchema);
