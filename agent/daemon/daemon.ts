import { onAbort, whenAborted } from '../common/abort.ts';
import { systemClock, type Clock } from '../common/clock.ts';
import { loggerLevel, type Logger } from '../common/logger.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Deliveries } from '../job/delivery/deliveries.ts';
import type { JobHandler } from '../job/job-handler.ts';
import { JobSlots } from '../poll/job-slots.ts';
import { OpenRequests } from '../poll/open-requests.ts';
import type { PollContext } from '../poll/poll-loop.ts';
import { finishJobs } from './finish-jobs.ts';
import { PollLoops } from './poll-loops.ts';
import { resumeJobs } from './resume-jobs.ts';
import { Shutdown, type SigtermPolicy, type SignalSource } from './shutdown.ts';
import { watchConfig } from './watch-config.ts';

export interface DaemonOptions {
  /** The configuration to begin with. */
  readonly loaded: LoadedConfig;
  readonly systemId: string;
  readonly runJob: JobHandler;
  /** Where earlier processes have left their jobs; undefined: there are none. */
  readonly stateDir?: string;
  readonly logger: Logger;
  /** `process` in production. */
  readonly signals: SignalSource;
  /** Wins over `on_sigterm` of the configuration. */
  readonly onSigterm?: SigtermPolicy | undefined;
  readonly clock?: Clock;
  /** Reads the configuration again; throws when it cannot be used. */
  reload(): Promise<LoadedConfig>;
  makeCoordinator(runner: RunnerConfig, config: Config): Coordinator;
  /** Results that the coordinator has not taken yet; `room` in them bounds the asking. */
  readonly deliveries: Deliveries;
  /** Whether no later start finds what is left on disk: an agent that drains then waits for the coordinator as long as it takes. */
  readonly single?: boolean;
  /** Waits for clean-up that goes on after jobs have ended, until the signal aborts. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
}

/** How the daemon ended. */
export interface DaemonEnd {
  readonly exitCode: number;
  /** Work may still be under way: jobs that go on without the agent, or that could not be ended in time. */
  readonly busy: boolean;
}

/**
 * The agent's life: polls for every `[[runners]]` entry, follows the configuration, stops by signal. Resolves with the exit
 * code and whether work may still be under way: then the process has to end before anything else is done.
 */
export async function runDaemon(options: DaemonOptions): Promise<DaemonEnd> {
  const { logger, clock = systemClock, signals, loaded, deliveries } = options;
  let { config } = loaded;
  using shutdown = new Shutdown(signals, logger, { onSigterm: () => options.onSigterm ?? config.on_sigterm });
  const slots = new JobSlots(config.concurrent);
  const work = { ...options, clock, slots, requests: new OpenRequests() };
  const giveUp = new AbortController();
  deliveries.room.limit = config.spool_limit;
  const context: PollContext = {
    ...work,
    whenRoom: (signal) => deliveries.room.wait(signal),
    checkInterval: () => config.check_interval * 1000,
    mayHold: () => loops.count < 2 || slots.free > 0,
    giveUp: giveUp.signal,
    shutdown: shutdown.aborting,
    detached: shutdown.detaching,
  };
  const loops = new PollLoops({ ...options, context });
  // 1 go on with the jobs that an earlier process has left, then ask for more, until told to stop
  resumeJobs({ ...options, ...context, config });
  loops.apply(config);
  using _ = onAbort(shutdown.stopping, () => loops.stop());
  // 2 follow the configuration
  const apply = (next: LoadedConfig): void => {
    if (shutdown.stopping.aborted) return;
    ({ config } = next);
    logger.level = loggerLevel(config.log_level);
    slots.concurrent = config.concurrent;
    deliveries.room.limit = config.spool_limit;
    loops.apply(config);
  };
  const watch = { path: loaded.path, signals, clock, logger, load: () => options.reload(), apply };
  const following = watchConfig(watch, shutdown.stopping);
  await whenAborted(shutdown.stopping);
  // 3 jobs end, then clean-up; the time for it counts from the signal, whatever the file system is at
  const timeoutMs = (): number => config.shutdown_timeout * 1000;
  const exitCode = await shutdown.exitCode(finishJobs({ ...work, giveUp, shutdown, timeoutMs }), clock, timeoutMs);
  await following;
  return { exitCode, busy: exitCode !== 0 || shutdown.detaching.aborted };
}
