import type { JobFailure } from '../common/errors/job-failure.ts';
import type { StopReason } from '../common/errors/stop-error.ts';
import type { StreamPosition } from '../common/streams/stream-skip.ts';

/** A script that an earlier process of the agent was about to hand to the build container, or has handed to it. */
export interface EarlierScript {
  /** Its number among the scripts of the job, from 1 on. */
  readonly run: number;
  /** All of it had reached the engine. */
  readonly delivered: boolean;
  /** How it ended, if that was seen. */
  readonly end: { readonly failure: JobFailure | undefined } | undefined;
  readonly begunMsAgo: number;
  /** The machine has been restarted since it was announced. */
  readonly rebooted: boolean;
  /** What of its output is in the trace already. */
  readonly seen: { readonly stdout: StreamPosition; readonly stderr: StreamPosition };
}

/** Where an earlier process of the agent has left the stages of a job. */
export interface EarlierStages {
  /** By name of the stage. */
  readonly scripts: ReadonlyMap<string, EarlierScript>;
  /** The steps are over; their failure, if they failed. */
  readonly stepsEnd: { readonly failure: JobFailure | undefined } | undefined;
  /** Why the job was being stopped. */
  readonly stop: StopReason | undefined;
}

/** A script that is written down. */
export interface AnnouncedScript {
  /** Its number among the scripts of the job, from 1 on. */
  readonly run: number;
  /** Resolves when even the death of the machine leaves it known: only then may the shell have it. */
  readonly known: Promise<void>;
}

/** What stages write down before and after the things that must not happen twice. */
export interface StageProgress {
  /** undefined: the stages begin at the beginning. */
  readonly earlier: EarlierStages | undefined;
  /** What an earlier process has left was taken over. */
  adopted(): void;
  /** A script is about to be handed to the build container. */
  scriptBegins(stage: string): AnnouncedScript;
  /** The engine has the whole script: it runs to its end, whatever becomes of us. */
  scriptDelivered(run: number): void;
  scriptEnded(run: number, failure: JobFailure | undefined): void;
  stepsEnded(failure: JobFailure | undefined): void;
}
