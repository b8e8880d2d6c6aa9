import { rmSync } from 'node:fs';
import type { RunnerConfig } from '../config/schema/runner.ts';
import { knownInstanceId } from '../config/instance-id.ts';
import { liveJobs, removeRemains } from '../journal/live-jobs.ts';
import { abandonedStateDirs } from '../config/state/private-state-dir.ts';
import type { Owner } from '../container/sweep/judge-leftover.ts';
import { listLeftovers } from '../container/sweep/list-leftovers.ts';
import { removeLeftovers } from '../container/sweep/remove-leftovers.ts';
import type { DockerClient } from '../docker/docker-client.ts';
import type { JobHost } from '../job/job-host.ts';

/** After the start: the first jobs and those that are resumed come first. */
const FIRST_AFTER_MS = 1000;
const EVERY_MS = 600_000;
/** When something could not be removed, or an engine was away. */
const AGAIN_MS = 10_000;
/** Most that the end of the agent waits for it: engines that hang must not keep it. */
const SETTLE_MS = 5000;

export type SweepHost = Pick<
  JobHost,
  'systemId' | 'instance' | 'stateDir' | 'clock' | 'logger' | 'cleanups' | 'engine'
>;

/** Removes what dead agents left on the engines in use, from time to time until disposed. */
export class Sweeps implements Disposable {
  /** Whose engines are looked at. */
  runners: readonly RunnerConfig[];
  readonly #host: SweepHost;
  readonly #root: string;
  readonly #stop = new AbortController();
  /** Engines that did not answer the last time. */
  readonly #away = new Set<DockerClient>();
  #first: Promise<void> | undefined;

  /** `root`: the state directory that `run-single` processes have their own below. */
  constructor(host: SweepHost, root: string, runners: readonly RunnerConfig[]) {
    this.#host = host;
    this.#root = root;
    this.runners = runners;
  }

  /** Resolves, never rejects, once disposed. */
  async run(): Promise<void> {
    const { clock, cleanups } = this.#host;
    for (let wait = FIRST_AFTER_MS, left = wait; ; wait = AGAIN_MS) {
      await clock.sleep(wait, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      left -= wait;
      const failed = cleanups.takeFailure();
      if (left > 0 && !failed && this.#away.size === 0) continue;
      left = EVERY_MS;
      if (wait === FIRST_AFTER_MS) await this.#sweepFirst();
      else await this.#trySweep();
    }
  }

  /** Before the end of a process that may have been too short for a sweep: resolves after the first one, or soon without it. */
  async settle(): Promise<void> {
    const { clock } = this.#host;
    const over = new AbortController();
    const late = clock.sleep(SETTLE_MS, over.signal).catch(() => undefined);
    await Promise.race([this.#sweepFirst(), late]);
    over.abort();
  }

  /** Once over all engines. Rejects when the state directory cannot be read. */
  async sweep(): Promise<void> {
    removeRemains(this.#host.stateDir);
    const directories = await abandonedStateDirs(this.#root);
    const abandoned = new Set(directories.flatMap((path) => knownInstanceId(path) ?? []));
    const engines = this.#engines();
    for (const docker of this.#away) if (!engines.has(docker)) this.#away.delete(docker);
    const clean = await Promise.all([...engines].map((docker) => this.#sweepEngine(docker, abandoned)));
    // Only the directory knows whose the objects are that could not be removed yet.
    if (clean.every(Boolean)) for (const path of directories) rmSync(path, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  #sweepFirst(): Promise<void> {
    this.#first ??= this.#trySweep();
    return this.#first;
  }

  async #trySweep(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#host.logger.warn({ err: error }, 'Leftovers could not be looked for');
    }
  }

  async #sweepEngine(docker: DockerClient, abandoned: ReadonlySet<string>): Promise<boolean> {
    const { logger } = this.#host;
    try {
      const leftovers = await listLeftovers(docker, () => this.#owner(abandoned));
      this.#away.delete(docker);
      if (leftovers.length === 0) return true;
      const { removed, inUse, errors } = await removeLeftovers(docker, leftovers);
      const { container: containers, network: networks, volume: volumes } = removed;
      const counts = { engine: docker.host, containers, networks, volumes, inUse };
      logger.info(counts, 'Removed what ended jobs had left');
      for (const error of errors) logger.warn({ err: error, engine: docker.host }, 'A leftover cannot be removed');
      return inUse === 0 && errors.length === 0;
    } catch (error) {
      if (!this.#away.has(docker))
        logger.warn({ err: error, engine: docker.host }, 'Leftovers could not be looked for');
      this.#away.add(docker);
      return false;
    }
  }

  /** Asked when the lists are there: a job that had objects then, and is not live now, is over. */
  #owner(abandoned: ReadonlySet<string>): Owner {
    const { systemId, instance, stateDir, cleanups } = this.#host;
    const inCleanup = cleanups.jobs.map(String);
    const live = liveJobs(stateDir);
    return {
      systemId,
      instance,
      abandoned,
      isLive: (job) => live.has(job) || inCleanup.includes(job),
    };
  }

  #engines(): Set<DockerClient> {
    const engines = new Set<DockerClient>();
    for (const runner of this.runners) {
      try {
        engines.add(this.#host.engine(runner));
      } catch {
        // An address that is none: the runner's jobs say so.
      }
    }
    return engines;
  }
}
