import type { StopReason } from '../common/errors/stop-error.ts';
import type { Executor } from '../executor/executor.ts';
import type { JobTimes } from '../executor/job-times.ts';
import type { JobSpec } from '../spec/job-spec.ts';
import type { EarlierScript, StageProgress } from './stage-progress.ts';

/** Bytes of a script's two streams on their way into the trace. */
export interface StageOutput {
  write(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** What a stage may say in the trace. */
export interface StageTrace {
  /** A section that is open already stays as it is. */
  openSection(name: string, title: string): void;
  closeSection(): void;
  notice(text: string): void;
  line(text: string): void;
  warning(text: string): void;
  /** A fresh pair of job output streams; `end` gives out what was held back. `seen`: both begin anew, so much of them is in the trace. */
  output(seen?: EarlierScript['seen']): StageOutput & { end(): void };
}

/** When the parts of a job must stop. Each signal's reason is a `StopError`. */
export interface StageSignals {
  /** All of the job: timeout, abort, shutdown, and a cancel before the user's script. */
  readonly job: AbortSignal;
  /** Tells that the user's script is next, so that a cancel stops no more than that; its signal also ends with the script's own timeout. */
  enterScript(begunMsAgo?: number): AbortSignal;
  /** The script is over. Returns the stop that ended it, if one did. */
  leaveScript(): StopReason | undefined;
  /** after_script begins: limited in time, no longer stopped by a cancel. */
  enterAfterScript(begunMsAgo?: number): AbortSignal;
}

/** All that stages may touch. */
export interface StageContext {
  readonly spec: JobSpec;
  readonly executor: Executor;
  readonly trace: StageTrace;
  readonly signals: StageSignals;
  readonly times: JobTimes;
  readonly progress: StageProgress;
  /** Resolves when the coordinator has admitted the job: until then nothing of the user's runs. */
  readonly admitted: Promise<unknown>;
  /** Where the containers run, for "Running on ... via ...". */
  readonly agentHost: string;
}
