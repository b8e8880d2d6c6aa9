import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../common/logger.ts';
import { dockerRunners } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import { runnerInfo } from '../coordinator/runner-info.ts';
import type { PollEntry } from '../poll/poll-entry.ts';
import { PollLoop, type PollContext } from '../poll/poll-loop.ts';

export interface PollLoopsOptions {
  readonly systemId: string;
  readonly context: PollContext;
  readonly logger: Logger;
  makeCoordinator(runner: RunnerConfig, config: Config): Coordinator;
}

interface Running {
  readonly loop: PollLoop;
  readonly entry: PollEntry;
  readonly stop: AbortController;
}

/** One poll loop for each `[[runners]]` entry of the configuration in use. */
export class PollLoops {
  readonly #options: PollLoopsOptions;
  readonly #loops = new Map<string, Running>();

  constructor(options: PollLoopsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#loops.size;
  }

  /** Starts loops for new entries, ends those of removed ones and leaves the others running with their new settings. */
  apply(config: Config): void {
    const wanted = keyed(dockerRunners(config));
    for (const [key, { stop, entry }] of this.#loops) {
      if (wanted.has(key)) continue;
      this.#options.logger.info(
        { runner: entry.runner.name },
        'No more jobs are asked for, the runner is no longer configured',
      );
      stop.abort();
      this.#loops.delete(key);
    }
    let position = 0;
    for (const [key, runner] of wanted) this.#keep(key, runner, config, position++ / wanted.size);
  }

  /** Ends every loop. Requests and jobs under way still hold their places. */
  stop(): void {
    for (const { stop } of this.#loops.values()) stop.abort();
    this.#loops.clear();
  }

  #keep(key: string, runner: RunnerConfig, config: Config, phase: number): void {
    const known = this.#loops.get(key);
    const info = runnerInfo({ gpus: runner.docker.gpus, labels: { ...config.labels, ...runner.labels } });
    const same = known !== undefined && isDeepStrictEqual([known.entry.runner, known.entry.info], [runner, info]);
    if (same) return;
    const coordinator = this.#options.makeCoordinator(runner, config);
    const credentials = { token: runner.token, systemId: this.#options.systemId };
    const entry: PollEntry = { key, runner, coordinator, credentials, info };
    if (known === undefined) this.#start(entry, phase);
    else {
      known.loop.replace(entry);
      this.#loops.set(key, { ...known, entry });
    }
  }

  #start(entry: PollEntry, phase: number): void {
    const loop = new PollLoop(entry, this.#options.context);
    const stop = new AbortController();
    this.#loops.set(entry.key, { loop, entry, stop });
    void loop.run(stop.signal, phase).catch((error: unknown) => {
      this.#options.logger.error({ err: error, runner: entry.runner.name }, 'Asking for jobs broke off');
    });
  }
}

/** Entries by coordinator and token; one that is there twice is asked for twice. */
function keyed(runners: readonly RunnerConfig[]): Map<string, RunnerConfig> {
  const entries = new Map<string, RunnerConfig>();
  for (const runner of runners) {
    const base = `${runner.url} ${runner.token}`;
    let key = base;
    for (let copy = 2; entries.has(key); copy++) key = `${base} ${copy}`;
    entries.set(key, runner);
  }
  return entries;
}
