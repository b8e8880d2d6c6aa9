import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../common/errors/error-code.ts';
import { JOURNAL_VERSION } from './journal-entry.ts';
import { JobJournal, readEntries } from './job-journal.ts';
import { reduceJournal, type JournalState } from './journal-state.ts';
import { isRecordedJob, UnreadableRecordError, type RecordedJob } from './recorded-job.ts';

/** Most jobs of different coordinators that may have one number at a time. */
const MOST_NAMESAKES = 100;

/**
 * The files of one job in the state directory, for the agent's own user only: what was received (`job.json`), what has
 * been done with it (`journal.ndjson`), and its trace. They stay until the coordinator has taken the result.
 */
export class JobRecord {
  readonly path: string;
  readonly job: RecordedJob;
  /** What earlier processes of the agent have written. */
  readonly state: JournalState;
  readonly journal: JobJournal;
  /** Resolves when the disk holds what was received; rejects with the system's error. */
  readonly durable: Promise<void>;

  private constructor(path: string, job: RecordedJob, state: JournalState, durable = Promise.resolve()) {
    this.durable = durable;
    durable.catch(() => undefined); // whoever acknowledges the job waits for it
    this.path = path;
    this.job = job;
    this.state = state;
    this.journal = new JobJournal(join(path, 'journal.ndjson'), state.traceSize);
  }

  /** Writes a received job down; once it is `durable`, even the death of the machine does not lose it. Throws the system's error. */
  static create(stateDir: string, job: RecordedJob): JobRecord {
    const path = ownDirectory(join(stateDir, 'jobs'), job.id);
    try {
      const durable = writeDurably(path, 'job.json', JSON.stringify({ ...job, version: JOURNAL_VERSION }));
      return new JobRecord(path, job, reduceJournal([], 0), durable);
    } catch (error) {
      rmSync(path, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Takes over what an earlier process wrote; `trim` gives the size up to which a trace is whole.
   * @throws {UnreadableRecordError} for files that are damaged or of a newer agent
   */
  static open(path: string, trim: (trace: Buffer, job: RecordedJob) => number): JobRecord {
    const job = readJob(path);
    const trace = join(path, 'trace.log');
    const bytes = existsSync(trace) ? readFileSync(trace) : Buffer.alloc(0);
    const size = trim(bytes, job);
    if (size < bytes.length) truncateSync(trace, size);
    const journal = join(path, 'journal.ndjson');
    return new JobRecord(path, job, reduceJournal(existsSync(journal) ? readEntries(journal) : [], size));
  }

  /** Directories of jobs that are not over, oldest first. */
  static list(stateDir: string): string[] {
    const jobs = join(stateDir, 'jobs');
    const paths = (existsSync(jobs) ? readdirSync(jobs) : []).map((name) => join(jobs, name));
    return paths.filter((path) => existsSync(join(path, 'job.json'))).toSorted((a, b) => madeAt(a) - madeAt(b));
  }

  get trace(): string {
    return join(this.path, 'trace.log');
  }

  /** The job is over, for the coordinator too. */
  remove(): void {
    this.journal.close();
    rmSync(this.path, { recursive: true, force: true });
  }
}

const madeAt = (path: string): number => statSync(join(path, 'job.json')).mtimeMs;

/** Two coordinators may use one number: the second job gets a directory of its own. */
function ownDirectory(jobs: string, id: number): string {
  mkdirSync(jobs, { recursive: true, mode: 0o700 });
  for (let namesake = 1; namesake <= MOST_NAMESAKES; namesake++) {
    const path = join(jobs, namesake === 1 ? String(id) : `${id}.${namesake}`);
    try {
      mkdirSync(path, { mode: 0o700 });
      return path;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (!existsSync(join(path, 'job.json'))) rmSync(path, { recursive: true, force: true });
      else continue;
      namesake -= 1;
    }
  }
  throw new Error(`${jobs} already holds ${MOST_NAMESAKES} jobs with the number ${id}`);
}

/** Writes a whole file at once; the promise resolves when the disk holds it. */
function writeDurably(directory: string, name: string, text: string): Promise<void> {
  const draft = join(directory, `${name}.new`);
  const file = openSync(draft, 'wx', 0o600);
  try {
    for (let rest = Buffer.from(text); rest.length > 0;) rest = rest.subarray(writeSync(file, rest));
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(directory, name));
  return Promise.all([syncFile(join(directory, name)), syncFile(directory)]).then(() => undefined);
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

function readJob(path: string): RecordedJob {
  const file = join(path, 'job.json');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UnreadableRecordError(file, 'cannot be read', { cause: error });
  }
  const version: unknown = Reflect.get(Object(value), 'version');
  if (typeof version === 'number' && version > JOURNAL_VERSION)
    throw new UnreadableRecordError(
      file,
      `is of a newer agent (version ${version}, this one knows ${JOURNAL_VERSION})`,
    );
  if (!isRecordedJob(value)) throw new UnreadableRecordError(file, 'is no job of this agent');
  return value;
}
