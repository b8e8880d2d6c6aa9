import { z } from 'zod';

/** Format of the files of a job. A newer one than this is not touched. */
export const JOURNAL_VERSION = 1;

const count = z.number().int().nonnegative();

/** What the job failed with, as far as it is said again. */
const failureSchema = z.object({ reason: z.string(), sentence: z.string(), exitCode: z.number().optional() });

const entrySchema = z.discriminatedUnion('type', [
  /** A process of the agent begins to write; `boot` names the run of the machine. */
  z.object({ type: z.literal('process'), version: count, pid: count, at: count.optional() }),
  /** The coordinator has admitted the job. */
  z.object({ type: z.literal('admitted') }),
  /** About to be asked of the engine; found by this name whether the answer came or not. */
  z.object({ type: z.literal('object'), kind: z.enum(['container', 'network', 'volume']), name: z.string() }),
  /** About to be written; `at` is the trace's size before. */
  z.object({ type: z.literal('section'), edge: z.enum(['start', 'end']), name: z.string(), at: count }),
  /** Found while the job runs, to be masked in its trace. */
  z.object({ type: z.literal('secrets'), values: z.array(z.string()) }),
  /** The `run`th script is about to be handed to the build container; its output begins at `at`. */
  z.object({ type: z.literal('script'), stage: z.string(), run: count, at: count }),
  /** The engine has all of it. */
  z.object({ type: z.literal('delivered'), run: count }),
  /** Its output is in the trace up to `at`. */
  z.object({ type: z.literal('script-end'), run: count, at: count.optional(), failure: failureSchema.optional() }),
  /** Plain traces alone: who writes next at `at`; `-` is the agent itself. */
  z.object({ type: z.literal('write'), at: count, stream: z.enum(['O', 'E', '-']) }),
  /** Why the job is being stopped. */
  z.object({ type: z.literal('stop'), reason: z.string() }),
  /** The steps are over, after_script is next; without a failure they succeeded. */
  z.object({ type: z.literal('steps-end'), at: count.optional(), failure: failureSchema.optional() }),
  /** The coordinator holds so much of the trace. */
  z.object({ type: z.literal('sent'), offset: count }),
  /** The job begins anew: nothing of the user's has run. */
  z.object({ type: z.literal('again') }),
  /** The result stands; the closing line is about to be written. */
  z.object({ type: z.literal('result'), at: count, failure: failureSchema.optional() }),
]);

/** One line of a journal, but for its time. */
export type JournalEntry = z.output<typeof entrySchema>;

const momentSchema = z.object({ wall: z.number(), up: z.number(), boot: z.string() });
const timedSchema = entrySchema.and(z.object({ time: momentSchema }));

/** An entry with the moment at which it was written. */
export type TimedEntry = z.output<typeof timedSchema>;

export type RecordedFailure = z.output<typeof failureSchema>;

/** One line of a journal file; undefined for a torn line or one of a kind that this version does not know. */
export function parseEntry(line: string): TimedEntry | undefined {
  try {
    return timedSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
