import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const FOLDER = join(import.meta.dirname, '..', 'e2e', 'scenarios');
/** Stands for long texts in the files of a scenario: `__REPEAT:x:1000__`. */
const REPEAT = /__REPEAT:(.+?):(\d+)__/g;

const expectedJob = z.strictObject({
  state: z.enum(['success', 'failed', 'canceled', 'skipped', 'manual']),
  failure_reason: z.string().optional(),
  exit_code: z.number().optional(),
  /** Texts that the log has, colours and time stamps aside. */
  contains: z.array(z.string()).default([]),
  /** Texts that are nowhere in it. */
  lacks: z.array(z.string()).default([]),
  /** Jobs that ended before this one began. */
  after: z.array(z.string()).default([]),
  /** Jobs that had not ended when this one began. */
  before_end_of: z.array(z.string()).default([]),
  /** How often it was run. */
  attempts: z.number().default(1),
  max_trace_bytes: z.number().optional(),
  /** From handed out to its end. */
  max_seconds: z.number().optional(),
});
export type ExpectedJob = z.output<typeof expectedJob>;

const expectedEnd = z.strictObject({
  /** State of the pipeline; absent for a bare job. */
  pipeline: z.enum(['success', 'failed', 'canceled', 'manual']).optional(),
  /** Every job by its name, `job` for a bare one. */
  jobs: z.record(z.string(), expectedJob),
  /** Variables that the pipeline is started with. */
  variables: z.record(z.string(), z.string()).default({}),
  object_format: z.enum(['sha1', 'sha256']).default('sha1'),
  /** Manual jobs that are started by hand. */
  play: z.array(z.string()).default([]),
  /** A job that is canceled once its log has a text. */
  cancel: z.strictObject({ job: z.string(), when: z.string(), force: z.boolean().default(false) }).optional(),
});
export type ExpectedEnd = z.output<typeof expectedEnd>;

/** A pipeline or a bare job, and how it is to end. */
export interface Scenario {
  readonly name: string;
  /** Text of the job file, or the partial payload of one job. */
  readonly input: { readonly pipeline: string } | { readonly job: object };
  readonly expected: ExpectedEnd;
}

/** Reads test/e2e/scenarios/. */
export async function readScenarios(): Promise<Scenario[]> {
  const names = (await readdir(FOLDER)).toSorted();
  return Promise.all(names.map(readScenario));
}

async function readScenario(name: string): Promise<Scenario> {
  const files = await readdir(join(FOLDER, name));
  const read = async (file: string): Promise<string> =>
    (await readFile(join(FOLDER, name, file), 'utf8')).replaceAll(REPEAT, (_, text: string, count: string) =>
      text.repeat(Number(count)),
    );
  const expected = expectedEnd.parse(JSON.parse(await read('expected.json')));
  if (files.includes('pipeline.yml')) return { name, input: { pipeline: await read('pipeline.yml') }, expected };
  return { name, input: { job: JSON.parse(await read('job.json')) as object }, expected };
}
