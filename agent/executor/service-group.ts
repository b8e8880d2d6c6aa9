import { setTimeout as delay } from 'node:timers/promises';
import { raceAbort } from '../common/abort.ts';
import type { JobNetwork } from '../container/network/job-network.ts';
import type { JobObjects } from '../container/job-objects.ts';
import { chooseGate } from '../container/service/choose-gate.ts';
import type { Gate } from '../container/service/gates/gate.ts';
import { serviceContext } from '../container/service/service-context.ts';
import { InsideProbe } from '../container/service/inside-probe.ts';
import { serviceEnd } from '../container/service/service-end.ts';
import { endTrouble, type ServiceEnd } from '../container/service/service-trouble.ts';
import { startService } from '../container/service/start-service.ts';
import type { StartedService } from '../container/service/started-service.ts';
import { waitForService } from '../container/service/wait-for-service.ts';
import type { ImageResolver } from '../images/pull-image.ts';
import type { ServiceSpec } from '../spec/job-spec.ts';
import type { DockerExecutorOptions } from './docker-executor-options.ts';
import { ServiceReports } from './service-reports.ts';

/** For services that say how they are judged, where the runner does not wait. */
const DEFAULT_WAIT_MS = 30_000;
/** What a timer can count. */
const MAX_WAIT_MS = 2 ** 31 - 1;
/** The end of a service is known this long after it at most; a failed script may be due to it. */
const NEWS_MS = 300;

/** The services of one job: started at once, judged in parallel, watched until the job forgets them. */
export class ServiceGroup {
  readonly #options: DockerExecutorOptions;
  readonly #objects: JobObjects;
  readonly #forgotten = new AbortController();
  readonly #ends = new Map<string, Promise<ServiceEnd>>();
  readonly #gates = new Map<string, Gate | undefined>();
  readonly #reports: ServiceReports;
  #scriptsBegan = false;
  #told = false;

  constructor(options: DockerExecutorOptions, objects: JobObjects) {
    this.#options = options;
    this.#objects = objects;
    this.#reports = new ServiceReports(options.client, options.log);
  }

  start(images: ImageResolver, made: Promise<JobNetwork>, signal: AbortSignal): Promise<readonly StartedService[]> {
    const start = async (service: ServiceSpec, place: number): Promise<StartedService> => {
      const [image, network] = await Promise.all([images.resolve(service.image), made]);
      signal.throwIfAborted();
      const { client, spec, config, log } = this.#options;
      const container = `${spec.namePrefix}-${service.nameSuffix}`;
      log.line(`Starting service ${service.image.reference}...`);
      this.#objects.container(container, false);
      const context = serviceContext({ spec, docker: config }, network, place);
      const started = await startService(client, container, service, { context, image });
      this.watch(started, async () => (await images.resolve(spec.helperImage)).id);
      return started;
    };
    return allOrFirstFailure(this.#options.spec.services.map(start));
  }

  /** Looks after a service that runs, whoever started it. `probeImage`: id of an image with a shell, when one is needed. */
  watch(service: StartedService, probeImage: () => Promise<string>): void {
    const { client: docker, spec } = this.#options;
    const { namePrefix, labels } = spec;
    const inside = new InsideProbe({ docker, objects: this.#objects, namePrefix, labels, image: probeImage });
    const gate = chooseGate(service, { docker, inside });
    this.#gates.set(service.id, gate);
    const ended = serviceEnd(docker, service.id, this.#forgotten.signal);
    this.#ends.set(service.id, ended);
    void this.#reportEnd(service, gate, ended);
    this.#showOutput(service);
  }

  /** Looks after the services that an earlier process of the agent has started: those that have ended meanwhile are reported. */
  async adopt(): Promise<void> {
    const { client, spec } = this.#options;
    const now = new Date();
    const adopt = async (service: ServiceSpec): Promise<void> => {
      const name = `${spec.namePrefix}-${service.nameSuffix}`;
      const { id, address } = await client.inspectContainer(name);
      const image = { env: [], tcpPorts: [], healthcheck: undefined };
      const started = { name, spec: service, id, address, image };
      const ended = serviceEnd(client, id, this.#forgotten.signal);
      this.#ends.set(id, ended);
      void this.#reportEnd(started, undefined, ended);
      this.#showOutput(started, now);
    };
    // A service that is gone ends nothing here: the script that needs it tells.
    await Promise.allSettled(spec.services.map(adopt));
  }

  #showOutput({ id, spec }: StartedService, since?: Date): void {
    if (!this.#options.spec.flags.debugServices) return;
    const output = this.#options.log.serviceOutput(spec.aliases.join('-'));
    const follow = this.#options.client.followLogs(id, output, this.#forgotten.signal, since);
    void follow.catch(() => {}).finally(() => output.end());
  }

  /**
   * A service that is not ready in time is reported; the job goes on, unless it needs the service.
   * @throws {JobFailure} for a service that the job needs
   */
  async waitUntilReady(services: readonly StartedService[], signal: AbortSignal): Promise<void> {
    if (services.length === 0) return;
    const seconds = this.#options.config.wait_for_services_timeout;
    if (seconds >= 0)
      this.#options.log.line(`Waiting for services to be up and running (timeout ${seconds} seconds)...`);
    const until = AbortSignal.any([signal, this.#reports.fatal]);
    await raceAbort(Promise.all(services.map((service) => this.#waitFor(service, until))), until);
  }

  /**
   * Runs a script's `work` until it ends or a service that the job needs does. What is known of services by the
   * end of the script is in the trace when this settles.
   * @throws {JobFailure} once, for a service that the job needs: what comes after it is let run
   */
  async guard<T extends { readonly exitCode: number }>(
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#scriptsBegan = true;
    if (this.#ends.size === 0 || this.#told) return await work(signal);
    const { fatal } = this.#reports;
    const outcome = await work(AbortSignal.any([signal, fatal]));
    if (outcome.exitCode !== 0 && !signal.aborted) await Promise.race([delay(NEWS_MS), ...this.#ends.values()]);
    await this.#reports.settled();
    this.#told = fatal.aborted;
    if (!signal.aborted) fatal.throwIfAborted();
    return outcome;
  }

  /** The job is over: what happens to its services from now on is no news. */
  forget(): void {
    this.#forgotten.abort();
  }

  async #waitFor(service: StartedService, signal: AbortSignal): Promise<void> {
    const [gate, ended] = [this.#gates.get(service.id), this.#ends.get(service.id)];
    const timeoutMs = this.#timeoutOf(service);
    if (gate === undefined || ended === undefined || timeoutMs === undefined) return;
    const trouble = await waitForService(gate, ended, timeoutMs, signal);
    if (trouble !== undefined) await this.#reports.add(service, trouble);
  }

  #timeoutOf({ spec }: StartedService): number | undefined {
    const { probe, timeoutMs } = spec.readiness;
    if (timeoutMs !== undefined) return timeoutMs;
    const seconds = this.#options.config.wait_for_services_timeout;
    if (seconds >= 0) return Math.min(seconds * 1000, MAX_WAIT_MS);
    return ['image', 'daemon'].includes(probe.kind) ? undefined : DEFAULT_WAIT_MS;
  }

  async #reportEnd(service: StartedService, gate: Gate | undefined, ended: Promise<ServiceEnd>): Promise<void> {
    const end = await ended;
    if (this.#forgotten.signal.aborted) return;
    const wasMeantTo = end.exitCode === 0 && (gate === undefined || gate.mayEnd === true);
    if (!wasMeantTo) await this.#reports.add(service, endTrouble(end, this.#scriptsBegan ? 'run' : 'start'));
  }
}

/** Waits for all, so that nothing is still being made when the first failure is passed on. */
async function allOrFirstFailure<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
