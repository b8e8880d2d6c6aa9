import type { JournalEntry, RecordedFailure, TimedEntry } from './journal-entry.ts';
import type { Moment } from './moment.ts';

/** One object that was or was about to be made on the engine. */
export type JournalObject = Pick<Extract<JournalEntry, { type: 'object' }>, 'kind' | 'name'>;

/** Who wrote into a plain trace from `at` on: the job's two streams or, `-`, the agent. */
export type TraceWrite = Pick<Extract<JournalEntry, { type: 'write' }>, 'at' | 'stream'>;

/** One script that was, or was about to be, handed to the build container. */
export interface ScriptRecord {
  readonly stage: string;
  /** Its number among the scripts of the job, from 1 on. */
  readonly run: number;
  /** Size of the trace before its first byte of output. */
  readonly at: number;
  readonly time: Moment;
  readonly delivered: boolean;
  readonly ended: boolean;
  readonly failure: RecordedFailure | undefined;
}

/** A failure, or success when `failure` is undefined. */
export interface RecordedEnd {
  readonly failure: RecordedFailure | undefined;
}

/** The result of the whole job. */
export interface RecordedResult extends RecordedEnd {
  /** Its closing line is in the trace. */
  readonly closed: boolean;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

/** What a job's journal says, all entries taken together. */
export interface JournalState {
  readonly admitted: boolean;
  readonly objects: readonly JournalObject[];
  /** The section that is open in the trace. */
  readonly section: string | undefined;
  readonly secrets: readonly string[];
  readonly scripts: readonly ScriptRecord[];
  readonly writes: readonly TraceWrite[];
  readonly stop: string | undefined;
  readonly stepsEnd: RecordedEnd | undefined;
  readonly sent: number;
  /** Bytes of the trace that are on disk. */
  readonly traceSize: number;
  /** How many processes of the agent have had the job. */
  readonly processes: number;
  readonly result: RecordedResult | undefined;
}

/** The state after all entries; without any, that of a new job. `traceSize`: what was to be written there or beyond was not. */
export function reduceJournal(entries: readonly TimedEntry[], traceSize: number): JournalState {
  const draft: Draft = {
    admitted: false,
    objects: [],
    section: undefined,
    secrets: [],
    scripts: [],
    writes: [],
    stop: undefined,
    stepsEnd: undefined,
    sent: 0,
    traceSize,
    processes: 0,
    result: undefined,
  };
  const sizes = sizesLeft(entries, traceSize);
  for (const [index, entry] of entries.entries()) {
    apply(draft, entry, entry.type === 'result' ? traceSize : (sizes[index] ?? traceSize));
  }
  return draft;
}

/** The size of the trace that the process which wrote each entry has left: what it announced beyond that, it never wrote. */
function sizesLeft(entries: readonly TimedEntry[], traceSize: number): number[] {
  let size = traceSize;
  const sizes = entries.toReversed().map((entry) => {
    const left = size;
    if (entry.type === 'process') size = entry.at ?? size;
    return left;
  });
  return sizes.toReversed();
}

type Draft = {
  -readonly [Key in keyof JournalState]: JournalState[Key] extends readonly (infer Item)[] ? Item[] : JournalState[Key];
};

function apply(draft: Draft, entry: TimedEntry, traceSize: number): void {
  switch (entry.type) {
    case 'process':
      draft.processes += 1;
      break;
    case 'admitted':
      draft.admitted = true;
      break;
    case 'object':
      draft.objects.push({ kind: entry.kind, name: entry.name });
      break;
    case 'section':
      if (entry.at < traceSize) draft.section = entry.edge === 'start' ? entry.name : undefined;
      break;
    case 'secrets':
      draft.secrets.push(...entry.values);
      break;
    case 'write':
      draft.writes.push({ at: entry.at, stream: entry.stream });
      break;
    case 'stop':
      draft.stop ??= entry.reason;
      break;
    case 'sent':
      draft.sent = entry.offset;
      break;
    case 'result':
      // what the trace lacks has to be found again: the job is not over
      if (entry.at <= traceSize)
        draft.result = { failure: entry.failure, closed: entry.at < traceSize, endedAt: entry.time.wall };
      break;
    case 'script-end':
    case 'steps-end':
      // A disk that was full may have taken the entry and not the output: that is read again.
      if ((entry.at ?? 0) <= traceSize) applyToScripts(draft, entry);
      break;
    default:
      applyToScripts(draft, entry);
  }
}

type ScriptEntry = Extract<TimedEntry, { type: 'script' | 'delivered' | 'script-end' | 'steps-end' | 'again' }>;

function applyToScripts(draft: Draft, entry: ScriptEntry): void {
  switch (entry.type) {
    case 'script': {
      const { stage, run, at, time } = entry;
      draft.scripts.push({ stage, run, at, time, delivered: false, ended: false, failure: undefined });
      break;
    }
    case 'delivered':
      change(draft, entry.run, { delivered: true });
      break;
    case 'script-end':
      change(draft, entry.run, { ended: true, failure: entry.failure });
      break;
    case 'steps-end':
      draft.stepsEnd = { failure: entry.failure };
      break;
    case 'again':
      Object.assign(draft, { scripts: [], stepsEnd: undefined });
      break;
  }
}

function change(draft: Draft, run: number, now: Partial<ScriptRecord>): void {
  draft.scripts = draft.scripts.map((script) => (script.run === run ? { ...script, ...now } : script));
}
