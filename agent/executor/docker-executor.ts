import { raceAbort } from '../common/abort.ts';
import { BuildContainer } from '../container/build-container.ts';
import type { ScriptOutcome } from '../container/build-container.ts';
import { buildContainerOptions, helperContainerOptions } from '../container/create-options.ts';
import type { OptionContext } from '../container/create-options.ts';
import { HelperContainer } from '../container/helper-container.ts';
import { hasNoNameServer, jobNetwork } from '../container/job-network.ts';
import { JobObjects } from '../container/job-objects.ts';
import { hostEntries } from '../container/service-containers.ts';
import type { StartedService } from '../container/service-containers.ts';
import { workspaceArchive } from '../container/workspace-archive.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { ImageResolver } from '../images/pull-image.ts';
import type { DockerExecutorOptions } from './docker-executor-options.ts';
import type { Executor } from './executor.ts';
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
  #build: BuildContainer | undefined;
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
    return await this.#build.run(script, output, signal);
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
    const { client, config, spec, log } = this.#options;
    const images = new ImageResolver(client, log, signal);
    const network = jobNetwork(client, this.#objects, spec, config);
    const archive = workspaceArchive(spec);
    const image = images.resolve(spec.image);
    const services = this.#services.start(images, network, signal);
    const gates = services.then((started) => this.#services.waitUntilReady(started, signal));
    const helper = needsHelper(spec) ? this.#startHelper({ images, network, archive, services }) : undefined;
    this.#helper = helper;
    const build = Promise.all([image, this.#context(network, services)]).then(async ([{ id }, context]) => {
      signal.throwIfAborted();
      this.#build = await this.#createBuild(context, id);
      if (helper === undefined) await this.#build.putArchive(await archive);
    });
    return [network, archive, image, services, gates, build, ...(helper === undefined ? [] : [helper])];
  }

  async #startHelper(inputs: {
    images: ImageResolver;
    network: Promise<string | undefined>;
    archive: Promise<Buffer>;
    services: Promise<readonly StartedService[]>;
  }): Promise<HelperContainer> {
    const { client, spec } = this.#options;
    const [image, context, archive] = await Promise.all([
      inputs.images.resolve(spec.helperImage),
      this.#context(inputs.network, inputs.services),
      inputs.archive,
    ]);
    const name = `${spec.namePrefix}-predefined`;
    this.#objects.container(name, true);
    return await HelperContainer.start(client, name, helperContainerOptions(context, image.id), archive);
  }

  async #createBuild(context: OptionContext, imageId: string): Promise<BuildContainer> {
    const { client, spec, config } = this.#options;
    const name = `${spec.namePrefix}-build`;
    this.#objects.container(name, true);
    return await BuildContainer.create(client, name, {
      options: buildContainerOptions(context, imageId),
      platform: spec.image.platform,
      image: spec.image.reference,
      sweep: !spec.flags.nativeStop && config.pid_mode === undefined,
    });
  }

  /** Where the network has no name server, the services' addresses must be known before a container is created. */
  async #context(
    network: Promise<string | undefined>,
    services: Promise<readonly StartedService[]>,
  ): Promise<OptionContext> {
    const { spec, config } = this.#options;
    const name = await network;
    if (spec.services.length === 0 || !hasNoNameServer(name)) return { spec, docker: config, network: name };
    const extra = hostEntries(await services);
    return { spec, docker: { ...config, extra_hosts: [...config.extra_hosts, ...extra] }, network: name };
  }
}
