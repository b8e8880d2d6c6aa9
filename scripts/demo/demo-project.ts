import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = join(import.meta.dirname, '..', '..', 'demo');

/** Files that the demo's git repository is made of. */
export const DEMO_FILES = join(FOLDER, 'project');

const expectedJob = z.strictObject({
  state: z.enum(['success', 'failed']),
  exit_code: z.number().optional(),
  allow_failure: z.boolean().default(false),
  /** Texts that its trace must have. */
  trace: z.array(z.string()),
});
export type ExpectedJob = z.output<typeof expectedJob>;

/** How each job of the demo is to end, by its name. */
export async function readExpectedJobs(): Promise<ReadonlyMap<string, ExpectedJob>> {
  const text = await readFile(join(FOLDER, 'expected.json'), 'utf8');
  return new Map(Object.entries(z.record(z.string(), expectedJob).parse(JSON.parse(text))));
}

const image = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const job = z.object({ image: image.optional(), services: z.array(image).default([]) });
const jobFile = z.object({ default: job }).catchall(z.unknown());

/** The image of each job, and its services', for people: `gitbase:latest + redis:7`. */
export async function readDemoImages(): Promise<ReadonlyMap<string, string>> {
  const file = jobFile.parse(parse(await readFile(join(DEMO_FILES, '.gitlab-ci.yml'), 'utf8')));
  const jobs = Object.entries(file).flatMap(([name, value]) => {
    const read = job.safeParse(value);
    return read.success ? [[name, read.data] as const] : [];
  });
  return new Map(
    jobs.map(([name, { image: own, services }]) => [name, [own ?? file.default.image, ...services].join(' + ')]),
  );
}
