import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { parseEntry, type TimedEntry } from '../../agent/journal/journal-entry.ts';
import { JobRecord } from '../../agent/journal/job-record.ts';
import { isRecordedJob, type RecordedJob } from '../../agent/journal/recorded-job.ts';
import { type Spread, spreadOf } from '../report/statistics.ts';
import { SMALLEST_JOB } from '../scenarios.ts';
import type { BenchRig } from './bench-rig.ts';

const TIMES = 200;
/** Entries that the disk must hold before the agent goes on. */
const DURABLE: readonly string[] = ['script'];

/** What it costs to write down one smallest job. */
export interface JournalResult {
  readonly entries: number;
  readonly bytes: number;
  /** Milliseconds for all that is written and removed. */
  readonly ms: Spread;
}

/**
 * Takes the journal of a real smallest job and writes it again and again, with the agent's own classes. Every sync is waited
 * for: in the agent they run beside the preparation and the start of the container.
 */
export async function measureJournal(rig: BenchRig): Promise<JournalResult> {
  const agent = await rig.startAgent();
  try {
    await rig.runJob(SMALLEST_JOB);
    const written = journalOf(join(rig.agentFolder, 'state', 'jobs'), rig.signal);
    const id = await rig.client.queueJob(SMALLEST_JOB);
    const { job, lines } = await written;
    await rig.finishJob(id);
    const entries = lines.split('\n').flatMap((line) => parseEntry(line) ?? []);
    const place = join(rig.folder, 'journal');
    await mkdir(place, { recursive: true });
    const ms: number[] = [];
    for (let time = 0; time < TIMES; time += 1) ms.push(await writeOnce(place, job, entries));
    return { entries: entries.length, bytes: lines.length + JSON.stringify(job).length, ms: spreadOf(ms) };
  } finally {
    await agent.stop();
    await rm(join(rig.folder, 'journal'), { recursive: true, force: true });
  }
}

async function writeOnce(place: string, job: RecordedJob, entries: readonly TimedEntry[]): Promise<number> {
  const begin = performance.now();
  const record = JobRecord.create(place, job);
  await record.durable;
  // the first entry is the record's own
  for (const entry of entries.slice(1)) {
    if (DURABLE.includes(entry.type)) await record.journal.appendDurably(entry);
    else record.journal.append(entry);
  }
  record.remove();
  return performance.now() - begin;
}

/** Reads the files of the next job as long as they are there: what was read last is all but the very end. */
async function journalOf(jobs: string, signal: AbortSignal): Promise<{ job: RecordedJob; lines: string }> {
  for (let job: RecordedJob | undefined, lines = ''; ; await turn()) {
    signal.throwIfAborted();
    const [id] = await readdir(jobs).catch(() => []);
    if (id === undefined) {
      if (job !== undefined && lines.includes('"result"')) return { job, lines };
      continue;
    }
    job ??= await recordedJob(join(jobs, id, 'job.json'));
    lines = await readFile(join(jobs, id, 'journal.ndjson'), 'utf8').catch(() => lines);
  }
}

async function recordedJob(path: string): Promise<RecordedJob | undefined> {
  const value: unknown = JSON.parse(await readFile(path, 'utf8').catch(() => 'null'));
  return isRecordedJob(value) ? value : undefined;
}
