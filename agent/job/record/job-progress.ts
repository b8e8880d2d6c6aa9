import { JobFailure } from '../../common/errors/job-failure.ts';
import { isStopReason, type StopReason } from '../../common/errors/stop-error.ts';
import type { RecordedFailure } from '../../journal/journal-entry.ts';
import type { JobJournal } from '../../journal/job-journal.ts';
import type { JobRecord } from '../../journal/job-record.ts';
import type { JournalState, ScriptRecord } from '../../journal/journal-state.ts';
import { elapsedMs, momentNow } from '../../journal/moment.ts';
import type { AnnouncedScript, EarlierScript, EarlierStages, StageProgress } from '../../stages/stage-progress.ts';
import { knownReason } from './recorded-result.ts';
import { plainPositions, stampedPositions } from '../../trace/resume/trace-positions.ts';

/** The trace as an earlier process has left it. */
export interface EarlierTrace {
  readonly bytes: Buffer;
  readonly timestamps: boolean;
}

/** What the progress of a job has to do with. */
export interface ProgressHost {
  traceSize(): number;
  /** The containers of an earlier process were taken over. */
  onAdopted(): void;
}

/** Writes the progress of a job's stages into its journal. */
export class JobProgress implements StageProgress {
  readonly earlier: EarlierStages | undefined;
  readonly #journal: JobJournal;
  readonly #host: ProgressHost;
  #runs: number;

  constructor(record: JobRecord, host: ProgressHost, earlier: EarlierStages | undefined) {
    this.#journal = record.journal;
    this.#runs = record.state.scripts.at(-1)?.run ?? 0;
    this.#host = host;
    this.earlier = earlier;
  }

  adopted(): void {
    this.#host.onAdopted();
  }

  scriptBegins(stage: string): AnnouncedScript {
    const run = ++this.#runs;
    return { run, known: this.#journal.appendDurably({ type: 'script', stage, run, at: this.#host.traceSize() }) };
  }

  scriptDelivered(run: number): void {
    this.#journal.append({ type: 'delivered', run });
  }

  scriptEnded(run: number, failure: JobFailure | undefined): void {
    this.#journal.append({ type: 'script-end', run, at: this.#host.traceSize(), ...failureEntry(failure) });
  }

  stepsEnded(failure: JobFailure | undefined): void {
    this.#journal.append({ type: 'steps-end', at: this.#host.traceSize(), ...failureEntry(failure) });
  }
}

/** Where the stages were left; undefined when no script was ever begun: the job then begins anew. */
export function earlierStages(state: JournalState, trace: EarlierTrace): EarlierStages | undefined {
  if (state.scripts.length === 0) return undefined;
  return {
    scripts: new Map(state.scripts.map((script) => [script.stage, earlierScript(script, state, trace)])),
    stepsEnd: state.stepsEnd === undefined ? undefined : { failure: failureOf(state.stepsEnd.failure) },
    stop: stopReason(state.stop),
  };
}

function earlierScript(script: ScriptRecord, { writes }: JournalState, trace: EarlierTrace): EarlierScript {
  const { run, delivered, ended, failure, time, at } = script;
  const { bytes, timestamps } = trace;
  return {
    run,
    delivered,
    end: ended ? { failure: failureOf(failure) } : undefined,
    begunMsAgo: elapsedMs(time),
    rebooted: time.boot !== momentNow().boot,
    seen: timestamps ? stampedPositions(bytes, at) : plainPositions(bytes, at, writes),
  };
}

export const stopReason = (text: string | undefined): StopReason | undefined =>
  text !== undefined && isStopReason(text) ? text : undefined;

const failureEntry = (failure: JobFailure | undefined): { failure?: RecordedFailure } =>
  failure === undefined
    ? {}
    : {
        failure: {
          reason: failure.reason,
          sentence: failure.message,
          ...(failure.exitCode === undefined ? {} : { exitCode: failure.exitCode }),
        },
      };

function failureOf(recorded: RecordedFailure | undefined): JobFailure | undefined {
  if (recorded === undefined) return undefined;
  const { sentence, exitCode } = recorded;
  return new JobFailure(knownReason(recorded), sentence, exitCode === undefined ? {} : { exitCode });
}
