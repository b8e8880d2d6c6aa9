import { z } from 'zod';
import { optional } from './lenient.ts';
import { runnerInfoSchema } from './runner.ts';

/** The trace as sent so far: CRC-32 of its bytes as formatChecksum writes it, and their number. Both absent in the first update. */
export const traceOutputSchema = z.object({ checksum: optional(z.string()), bytesize: optional(z.int()) });
export type TraceOutput = z.infer<typeof traceOutputSchema>;

/** PUT /jobs/:id without the token. `failure_reason` goes with `failed` only, `exit_code` is left out when it is 0. */
export const jobUpdateSchema = z.object({
  state: z.enum(['running', 'success', 'failed']),
  info: optional(runnerInfoSchema),
  failure_reason: optional(z.string()),
  exit_code: optional(z.int()),
  /** The older place of `output.checksum`. */
  checksum: optional(z.string()),
  output: optional(traceOutputSchema),
});
export type JobUpdate = z.infer<typeof jobUpdateSchema>;

/** The body of PUT /jobs/:id as it travels: the update and the job token. */
export const jobUpdateRequestSchema = jobUpdateSchema.extend({ token: z.string().min(1) });
export type JobUpdateRequest = z.infer<typeof jobUpdateRequestSchema>;

/** A CRC-32 (IEEE, as `zlib.crc32` counts it) in the form of the wire: `crc32:367dfeeb`. */
export const formatChecksum = (crc: number): string => `crc32:${(crc >>> 0).toString(16).padStart(8, '0')}`;
