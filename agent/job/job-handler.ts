import type { RunnerInfo } from '#protocol/runner.ts';
import type { ReceivedJob } from '../coordinator/job-offer.ts';
import type { JobRecord } from '../journal/job-record.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';

/** The place a job takes: CI_CONCURRENT_ID (per agent and runner entry) and CI_CONCURRENT_PROJECT_ID (per project). Both start at 0 and are the lowest free ones. */
export interface Slot {
  readonly concurrentId: number;
  readonly projectSlot: number;
}

/** One received job on its way in. The slot is reserved before the request and `projectSlot` is fixed as soon as the project is known. */
export interface JobAssignment {
  readonly runner: RunnerConfig;
  readonly coordinator: Coordinator;
  /** What the job request said of the agent; every update of the job says the same. */
  readonly info: RunnerInfo;
  readonly received: ReceivedJob;
  readonly slot: Slot;
  /** Aborts when the agent is told to stop at once (SIGTERM, SIGINT). The job then ends as `runner_interrupted`. */
  readonly shutdown: AbortSignal;
  /**
   * Aborts when the agent goes away and its jobs go on (SIGTERM with `on_sigterm = "detach"`): the process ends at any moment
   * from then on. A job under way is left as it is, with nothing said in its trace; one that comes after it is only written
   * down.
   */
  readonly detached: AbortSignal;
  /** The job was received by an earlier process, which has left this. */
  readonly earlier?: EarlierJob;
}

/** A job that an earlier process of the agent has left. */
export interface EarlierJob {
  readonly record: JobRecord;
  /** Called once it is known how the job goes on, and it does. */
  onSettled(): void;
}

/**
 * Runs one job to its result. Resolves when the slot may be used again; clean-up of engine objects, and the delivery of
 * a result that the coordinator has not taken yet, may go on after that. Never rejects: what goes wrong is reported to the coordinator and logged. The job is written down before the
 * handler first awaits anything.
 */
export type JobHandler = (assignment: JobAssignment) => Promise<void>;
