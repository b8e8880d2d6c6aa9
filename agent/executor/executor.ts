import type { BuildScript, EarlierRun, ScriptOutcome } from '../container/build-container.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';

/** What an executor says to the job's author while it prepares and while services run. */
export interface ExecutorLog {
  line(text: string): void;
  warning(text: string): void;
  /** A block about a service that is not well: headline, cause, what it printed. */
  serviceProblem(problem: ServiceProblem): void;
  /** Where the output of a service goes that is shown as it comes; `name` stands before each line. */
  serviceOutput(name: string): OutputSink & { end(): void };
}

export interface ServiceProblem {
  readonly name: string;
  readonly cause: string;
  readonly log: Buffer;
  /** Before the job's scripts began, or later. */
  readonly when: 'start' | 'run';
}

/**
 * Runs the stages of one job. Call order: `prepare` or `adopt` once; `runHelper` and `runBuild` any number of times, one at a
 * time each; `cleanup` once, also when `prepare` failed or was aborted.
 * `runHelper` may be called while `prepare` still runs: it waits for the helper only.
 * All reject with the signal's reason when that aborts, else with `JobFailure` or an engine error.
 */
export interface Executor {
  /** Starts everything that does not depend on something else at once; resolves when the build container may run. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Exit code of a script in the helper container. */
  runHelper(script: string, output: OutputSink, signal: AbortSignal): Promise<number>;
  /** Makes the fetched sources the property of the build container's user; after them, before the first script. */
  handOver(signal: AbortSignal): Promise<void>;
  /** How a script ended in the build container, each in a fresh shell through the image's entrypoint. An abort stops the container and resolves with `stopped`. */
  runBuild(script: BuildScript, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome>;
  /** Takes over, instead of preparing, the containers that an earlier process of the agent has made. */
  adopt(signal: AbortSignal): Promise<void>;
  /** As `runBuild`, for a script that an earlier process has sent or was about to send; `not-run` when no shell has had it. */
  followBuild(run: EarlierRun, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome | 'not-run'>;
  /** Removes all that was made. Never rejects; returns what could not be removed. */
  cleanup(): Promise<Error[]>;
}
