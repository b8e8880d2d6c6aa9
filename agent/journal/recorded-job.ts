import { z } from 'zod';

const recordedJobSchema = z.object({
  id: z.number().int(),
  token: z.string(),
  receivedAt: z.object({ wall: z.number(), up: z.number(), boot: z.string() }),
  slot: z.object({ concurrentId: z.number().int(), projectSlot: z.number().int() }),
  failureReasons: z.array(z.string()),
  /** The `[[runners]]` entry as it was when the job came. */
  runner: z.looseObject({ url: z.string(), token: z.string() }),
  /** As received; null when that could not be read: `problem` then says why. */
  payload: z.unknown(),
  problem: z.object({ what: z.string(), path: z.string(), expected: z.string(), found: z.string() }).optional(),
});

/** What is written down of a job before it is acknowledged. It holds the job's secrets. */
export type RecordedJob = z.output<typeof recordedJobSchema>;

export const isRecordedJob = (value: unknown): value is RecordedJob => recordedJobSchema.safeParse(value).success;

/** The files of a job cannot be used: damaged, or written by a newer agent. They are left as they are. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';

  constructor(path: string, what: string, options?: ErrorOptions) {
    super(`${path} ${what}`, options);
  }
}
