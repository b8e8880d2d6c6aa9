import type { TestContext } from 'node:test';
import { runnerInfo } from '../../agent/coordinator/runner-info.ts';
import { OpenRequests } from '../../agent/poll/open-requests.ts';
import { JobSlots } from '../../agent/poll/job-slots.ts';
import type { PollEntry } from '../../agent/poll/poll-entry.ts';
import { PollLoop, type PollContext } from '../../agent/poll/poll-loop.ts';
import { PolledCoordinator } from './polled-coordinator.ts';
import { ManualClock } from './manual-clock.ts';
import { HeldJobs, recordingLogger, runnerOf } from './poll-fixtures.ts';

/** A poll loop on a clock that stands still, its coordinator and its jobs. */
export interface PollStage {
  readonly clock: ManualClock;
  readonly coordinator: PolledCoordinator;
  readonly jobs: HeldJobs;
  readonly slots: JobSlots;
  readonly stop: AbortController;
  readonly giveUp: AbortController;
  readonly lines: string[];
  readonly loop: PollLoop;
  readonly ended: Promise<void>;
  entry(keys: object): PollEntry;
}

export interface PollSettings {
  readonly concurrent?: number;
  readonly keys?: object;
  readonly mayHold?: boolean;
  readonly phase?: number;
  readonly prepare?: (coordinator: PolledCoordinator) => void;
}

/** Starts a loop that ends with the test. */
export function startPolling(
  t: TestContext,
  { concurrent = 2, keys = {}, mayHold = true, phase = 0, prepare }: PollSettings = {},
): PollStage {
  const clock = new ManualClock();
  const coordinator = new PolledCoordinator(clock);
  prepare?.(coordinator);
  const { logger, lines } = recordingLogger();
  const [jobs, slots, stop, giveUp] = [
    new HeldJobs(),
    new JobSlots(concurrent),
    new AbortController(),
    new AbortController(),
  ];
  const context: PollContext = {
    slots,
    clock,
    logger,
    runJob: jobs.run,
    whenRoom: async () => {},
    checkInterval: () => 2000,
    mayHold: () => mayHold,
    giveUp: giveUp.signal,
    shutdown: new AbortController().signal,
    detached: new AbortController().signal,
    requests: new OpenRequests(),
  };
  const entry = (changed: object): PollEntry => {
    const runner = runnerOf('one', changed);
    return { key: 'one', runner, coordinator, credentials: { token: runner.token, systemId: 's' }, info: runnerInfo() };
  };
  const loop = new PollLoop(entry(keys), context);
  const ended = loop.run(stop.signal, phase);
  t.after(() => stop.abort());
  return { clock, coordinator, jobs, slots, stop, giveUp, lines, loop, ended, entry };
}

/** When requests came, in milliseconds. */
export const askedAt = ({ coordinator }: PollStage): number[] => coordinator.asked.map(({ at }) => at);
