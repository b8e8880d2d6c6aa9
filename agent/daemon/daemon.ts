import { onAbort, whenAborted } from '../common/abort.ts';
import { systemClock, type Clock } from '../common/clock.ts';
import { loggerLevel, type Logger } from '../common/logger.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { JobHandler } from '../job/job-handler.ts';
import { JobSlots } from '../poll/job-slots.ts';
import { PollLoops } from './poll-loops.ts';
import { Shutdown, type SignalSource } from './shutdown.ts';
import { watchConfig } from './watch-config.ts';

export interface DaemonOptions {
  /** The configuration to begin with. */
  readonly loaded: LoadedConfig;
  readonly systemId: string;
  readonly runJob: JobHandler;
  readonly logger: Logger;
  /** `process` in production. */
  readonly signals: SignalSource;
  readonly clock?: Clock;
  /** Reads the configuration again; throws when it cannot be used. */
  reload(): Promise<LoadedConfig>;
  makeCoordinator(runner: RunnerConfig, config: Config): Coordinator;
  /** Waits for clean-up that goes on after jobs have ended, until the signal aborts. */
  settle(signal: AbortSignal): Promise<void>;
}

/**
 * How long a job request that is open when the agent is told to stop may still be answered. A coordinator that is about to hand
 * out a job answers well before that; one that holds the request until there is a job does not, and loses nothing.
 */
const requestGraceMs = 5000;

/**
 * The agent's life: polls for every `[[runners]]` entry, follows the configuration, stops by signal. Resolves with the exit
 * code; when that is not 0, work may still be under way.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { logger, clock = systemClock, signals, loaded } = options;
  using shutdown = new Shutdown(signals, logger);
  let { config } = loaded;
  const slots = new JobSlots(config.concurrent);
  const giveUp = new AbortController();
  const loops: PollLoops = new PollLoops({
    ...options,
    context: {
      slots,
      clock,
      logger,
      runJob: options.runJob,
      checkInterval: () => config.check_interval * 1000,
      mayHold: () => loops.count < 2 || slots.free > 0,
      giveUp: giveUp.signal,
      shutdown: shutdown.aborting,
    },
  });

  // 1 ask for jobs, until told to stop
  loops.apply(config);
  using _ = onAbort(shutdown.stopping, () => loops.stop());
  // 2 follow the configuration
  const apply = (next: LoadedConfig): void => {
    if (shutdown.stopping.aborted) return;
    ({ config } = next);
    logger.level = loggerLevel(config.log_level);
    slots.concurrent = config.concurrent;
    loops.apply(config);
  };
  const load = (): Promise<LoadedConfig> => options.reload();
  const following = watchConfig({ path: loaded.path, signals, clock, logger, load, apply }, shutdown.stopping);
  await whenAborted(shutdown.stopping);
  // 3 jobs end, then clean-up; the time for it counts from the signal, whatever the file system is at
  const finished = finish(options, { slots, clock, giveUp, forced: shutdown.forced });
  const exitCode = await shutdown.exitCode(finished, clock, () => config.shutdown_timeout * 1000);
  await following;
  return exitCode;
}

interface Ending {
  readonly slots: JobSlots;
  readonly clock: Clock;
  readonly giveUp: AbortController;
  readonly forced: AbortSignal;
}

async function finish(options: DaemonOptions, { slots, clock, giveUp, forced }: Ending): Promise<void> {
  const ended = new AbortController();
  using _ = onAbort(forced, () => ended.abort());
  void giveUpRequests(clock, giveUp, ended.signal);
  await slots.whenIdle();
  ended.abort();
  try {
    await options.settle(forced);
    options.logger.info('All jobs have ended');
  } catch (error) {
    options.logger.error({ err: error }, 'Clean-up broke off');
  }
}

async function giveUpRequests(clock: Clock, giveUp: AbortController, ended: AbortSignal): Promise<void> {
  await clock.sleep(requestGraceMs, ended).catch(() => undefined);
  if (!ended.aborted) giveUp.abort(new Error('the agent stops'));
}
