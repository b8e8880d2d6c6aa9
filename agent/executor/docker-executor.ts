import { raceAbort } from '../common/abort.ts';
import type { BuildContainer, ScriptOutcome } from '../container/build-container.ts';
import type { HelperContainer } from '../container/helper-container.ts';
import { jobNetwork } from '../container/network/job-network.ts';
import { JobObjects } from '../container/job-objects.ts';
import type { StartedService } from '../container/service/started-service.ts';
import { workspaceArchive } from '../container/workspace-archive.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { ImageResolver } from '../images/pull-image.ts';
import type { DockerExecutorOptions } from './docker-executor-options.ts';
import type { Executor } from './executor.ts';
import { JobContainers } from './job-containers.ts';
import { needsHelper } from './needs-helper.ts';
import { ServiceGroup } from './service-group.ts';

/**
 * One job on a Docker Engine. Prepare is a graph: each node awaits only what it needs, so the waiting time is that of
 * the longest path. Invariant: a node that fails aborts the others, and `prepare` settles only after all of them have.
 */
export class DockerExecutor implements Executor {
  readonly #options: DockerExecutorOptions;
  readonly #objects: JobObjects;
  readonly #services: ServiceGroup;
  #helper: Promise<HelperContainer> | undefined;
  #build: Promise<BuildContainer> | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: DockerExecutorOptions) {
    this.#options = options;
    this.#objects = new JobObjects(options.client);
    this.#services = new ServiceGroup(options, this.#objects);
    for (const volume of options.spec.volumes)
      if (volume.kind === 'managed' && !volume.reusable) this.#objects.volume(volume.name);
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const nodes = this.#graph(AbortSignal.any([signal, failed.signal]));
    for (const node of nodes) node.catch((error: unknown) => failed.abort(error));
    this.#running = Promise.allSettled(nodes);
    await this.#running;
    signal.throwIfAborted();
    failed.signal.throwIfAborted();
  }

  async runHelper(script: string, output: OutputSink, signal: AbortSignal): Promise<number> {
    if (this.#helper === undefined) throw new Error('this job has no helper container');
    const helper = await raceAbort(this.#helper, signal);
    return await raceAbort(helper.run(script, output), signal);
  }

  async runBuild(script: string, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome> {
    if (this.#build === undefined) throw new Error('the build container is not prepared');
    const build = await this.#build;
    return await this.#services.guard(signal, (until) => build.run(script, output, until));
  }

  async cleanup(): Promise<Error[]> {
    this.#services.forget();
    await this.#running;
    await this.#helper?.then(
      (helper) => helper.close(),
      () => {},
    );
    return await this.#objects.removeAll();
  }

  #graph(signal: AbortSignal): Promise<unknown>[] {
    const { client, config, spec, access, log, times } = this.#options;
    const images = new ImageResolver({ docker: client, access, log, signal });
    const network = jobNetwork(client, this.#objects, spec, config);
    const archive = workspaceArchive(spec);
    const services = this.#services.start(images, network, signal);
    const gates = this.#gates(services, signal);
    const containers = new JobContainers(this.#options, this.#objects, { images, network, archive, services });
    const helper = needsHelper(spec) ? containers.startHelper(signal) : undefined;
    this.#helper = helper;
    this.#build = containers.createBuild(helper === undefined, signal);
    if (spec.services.length > 0) void times.track('services', gates);
    return [network, archive, services, gates, this.#build, ...(helper === undefined ? [] : [helper])];
  }

  async #gates(services: Promise<readonly StartedService[]>, signal: AbortSignal): Promise<void> {
    await this.#services.waitUntilReady(await services, signal);
  }
}
