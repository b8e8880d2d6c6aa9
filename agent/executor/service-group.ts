import type { JobObjects } from '../container/job-objects.ts';
import { startService, type StartedService } from '../container/service/service-containers.ts';
import { waitForService } from '../container/service/wait-for-services.ts';
import type { ImageResolver } from '../images/pull-image.ts';
import type { ServiceSpec } from '../spec/job-spec.ts';
import type { DockerExecutorOptions } from './docker-executor-options.ts';

/** Most of a service's log that a problem report shows. */
const LOG_BYTES = 64 * 1024;

/** The services of one job: started at once, judged in parallel, watched until the job forgets them. */
export class ServiceGroup {
  readonly #options: DockerExecutorOptions;
  readonly #objects: JobObjects;
  readonly #watch = new AbortController();
  readonly #reported = new Set<string>();

  constructor(options: DockerExecutorOptions, objects: JobObjects) {
    this.#options = options;
    this.#objects = objects;
  }

  start(
    images: ImageResolver,
    network: Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<readonly StartedService[]> {
    const start = async (service: ServiceSpec): Promise<StartedService> => {
      const [image, name] = await Promise.all([images.resolve(service.image), network]);
      signal.throwIfAborted();
      const { client, spec, config, log } = this.#options;
      const container = `${spec.namePrefix}-${service.nameSuffix}`;
      log.line(`Starting service ${service.image.reference}...`);
      this.#objects.container(container, false);
      const context = { spec, docker: config, network: name };
      return await startService(client, container, service, { context, image });
    };
    return allOrFirstFailure(this.#options.spec.services.map(start));
  }

  /** A service that is not ready in time is reported; the job goes on. */
  async waitUntilReady(services: readonly StartedService[], signal: AbortSignal): Promise<void> {
    const seconds = this.#options.config.wait_for_services_timeout;
    if (services.length === 0) return;
    for (const service of services) void this.#watchEnd(service);
    if (seconds < 0) return;
    this.#options.log.line(`Waiting for services to be up and running (timeout ${seconds} seconds)...`);
    await Promise.all(
      services.map(async (service) => {
        const failure = await waitForService(this.#options.client, service, seconds * 1000, signal);
        if (failure !== undefined) await this.#report(service, failure);
      }),
    );
  }

  /** The job is over: what happens to its services from now on is no news. */
  forget(): void {
    this.#watch.abort();
  }

  async #watchEnd(service: StartedService): Promise<void> {
    try {
      const { client } = this.#options;
      const exitCode = await client.waitContainer(service.id, 'not-running', this.#watch.signal);
      if (!this.#watch.signal.aborted) await this.#report(service, `its container ended with exit code ${exitCode}`);
    } catch {
      // The job is over, or the engine is gone: the build container tells.
    }
  }

  async #report(service: StartedService, cause: string): Promise<void> {
    if (this.#reported.has(service.name)) return;
    this.#reported.add(service.name);
    const log = await this.#options.client.readLogs(service.id, LOG_BYTES).catch(() => Buffer.alloc(0));
    this.#options.log.serviceProblem({ name: service.name, cause, log });
  }
}

/** Waits for all, so that nothing is still being made when the first failure is passed on. */
async function allOrFirstFailure<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
