import { BuildContainer, type BuildContainerManner } from '../container/build-container.ts';
import {
  buildContainerOptions,
  fillingContainerOptions,
  helperContainerOptions,
  type OptionContext,
} from '../container/options/create-options.ts';
import { silenceWarning } from '../container/failure/entrypoint-hint.ts';
import { fillWorkspace, hasForeignVolumes } from '../container/fill-workspace.ts';
import { HelperContainer } from '../container/helper-container.ts';
import { hasNoNameServer } from '../container/network/job-network.ts';
import type { JobObjects } from '../container/job-objects.ts';
import { hostEntries } from '../container/service/start-service.ts';
import type { StartedService } from '../container/service/started-service.ts';
import type { ImageResolver, ResolvedImage } from '../images/pull-image.ts';
import type { JobSpec } from '../spec/job-spec.ts';
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
    const pulled = times.track('pull', this.#inputs.images.resolve(spec.helperImage));
    const [image, context] = await Promise.all([pulled, this.#context()]);
    const files = await this.#filesFor(image, context);
    signal.throwIfAborted();
    const name = helperName(spec);
    this.#objects.container(name, true);
    return await HelperContainer.start(client, name, helperContainerOptions(context, image), files);
  }

  /** `fill`: the job's files go into this container, because there is no helper to carry them. */
  async createBuild(fill: boolean, signal: AbortSignal): Promise<BuildContainer> {
    const { client, spec, times } = this.#options;
    const [image, context] = await Promise.all([
      times.track('pull', this.#inputs.images.resolve(spec.image)),
      this.#context(),
    ]);
    signal.throwIfAborted();
    const name = buildName(spec);
    this.#objects.container(name, true);
    const build = await BuildContainer.create(client, name, {
      ...buildManner(this.#options),
      options: buildContainerOptions(context, image),
      platform: spec.image.platform,
    });
    const files = fill ? await this.#filesFor(image, context) : undefined;
    if (files !== undefined) await build.putArchive(files);
    return build;
  }

  /** The job's files, to be put into a container before it starts; undefined when they are in its volumes by now. */
  async #filesFor(image: ResolvedImage, context: OptionContext): Promise<Buffer | undefined> {
    const { client, spec } = this.#options;
    const archive = await this.#inputs.archive;
    if (!hasForeignVolumes(spec)) return archive;
    const name = `${spec.namePrefix}-predefined-files`;
    this.#objects.container(name, false);
    await fillWorkspace(client, name, fillingContainerOptions(context, image), archive);
    return undefined;
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

const buildName = ({ namePrefix }: JobSpec): string => `${namePrefix}-build`;

export const helperName = ({ namePrefix }: JobSpec): string => `${namePrefix}-predefined`;

function buildManner({ spec, config, log, times }: DockerExecutorOptions): BuildContainerManner {
  return {
    image: spec.image.reference,
    nonce: spec.nonce,
    sweep: !spec.flags.nativeStop && config.pid_mode === undefined,
    events: {
      silent: () => log.warning(silenceWarning(spec.image.reference)),
      used: (usage) => times.used(usage),
      engineAway: (seconds) =>
        log.warning(`The Docker Engine does not answer any more; the job waits ${seconds} s for it`),
      remarked: (remark) => log.warning(`The engine remarks on [runners.docker]: ${remark}`),
    },
  };
}

/** The build container that an earlier process of the agent has made for this job. */
export const adoptBuild = (options: DockerExecutorOptions): Promise<BuildContainer> =>
  BuildContainer.adopt(options.client, buildName(options.spec), buildManner(options));
