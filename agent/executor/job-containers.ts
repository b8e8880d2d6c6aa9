import { BuildContainer } from '../container/build-container.ts';
import {
  buildContainerOptions,
  helperContainerOptions,
  type OptionContext,
} from '../container/options/create-options.ts';
import { silenceWarning } from '../container/failure/entrypoint-hint.ts';
import { HelperContainer } from '../container/helper-container.ts';
import { hasNoNameServer } from '../container/network/job-network.ts';
import type { JobObjects } from '../container/job-objects.ts';
import { hostEntries } from '../container/service/start-service.ts';
import type { StartedService } from '../container/service/started-service.ts';
import type { ImageResolver } from '../images/pull-image.ts';
import type { DockerExecutorOptions } from './docker-executor-options.ts';

/** What the containers of a job wait for, each for itself. */
export interface ContainerInputs {
  readonly images: ImageResolver;
  readonly network: Promise<string | undefined>;
  readonly services: Promise<readonly StartedService[]>;
  readonly archive: Promise<Buffer>;
}

/** Makes the helper and the build container of one job as soon as what they need is there. */
export class JobContainers {
  readonly #options: DockerExecutorOptions;
  readonly #objects: JobObjects;
  readonly #inputs: ContainerInputs;

  constructor(options: DockerExecutorOptions, objects: JobObjects, inputs: ContainerInputs) {
    this.#options = options;
    this.#objects = objects;
    this.#inputs = inputs;
  }

  async startHelper(signal: AbortSignal): Promise<HelperContainer> {
    const { client, spec, times } = this.#options;
    const { images, archive } = this.#inputs;
    const pulled = times.track('pull', images.resolve(spec.helperImage));
    const [image, context, files] = await Promise.all([pulled, this.#context(), archive]);
    signal.throwIfAborted();
    const name = `${spec.namePrefix}-predefined`;
    this.#objects.container(name, true);
    return await HelperContainer.start(client, name, helperContainerOptions(context, image), files);
  }

  /** `fill`: the job's files go into this container, because there is no helper to carry them. */
  async createBuild(fill: boolean, signal: AbortSignal): Promise<BuildContainer> {
    const { client, spec, config, log, times } = this.#options;
    const [image, context] = await Promise.all([
      times.track('pull', this.#inputs.images.resolve(spec.image)),
      this.#context(),
    ]);
    signal.throwIfAborted();
    const name = `${spec.namePrefix}-build`;
    this.#objects.container(name, true);
    const build = await BuildContainer.create(client, name, {
      options: buildContainerOptions(context, image),
      platform: spec.image.platform,
      image: spec.image.reference,
      sweep: !spec.flags.nativeStop && config.pid_mode === undefined,
      events: {
        silent: () => log.warning(silenceWarning(spec.image.reference)),
        used: (usage) => times.used(usage),
      },
    });
    if (fill) await build.putArchive(await this.#inputs.archive);
    return build;
  }

  /** Where the network has no name server, the services' addresses must be known before a container is created. */
  async #context(): Promise<OptionContext> {
    const { spec, config } = this.#options;
    const network = await this.#inputs.network;
    if (spec.services.length === 0 || !hasNoNameServer(network)) return { spec, docker: config, network };
    const extra = hostEntries(await this.#inputs.services);
    return { spec, docker: { ...config, extra_hosts: [...config.extra_hosts, ...extra] }, network };
  }
}
