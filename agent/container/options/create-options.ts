import type { DockerConfig } from '../../config/schema/docker.ts';
import type { CreateContainerOptions } from '../../docker/docker-client.ts';
import type { ResolvedImage } from '../../images/pull-image.ts';
import type { JobSpec, ServiceSpec } from '../../spec/job-spec.ts';
import { isForeign } from '../fill-workspace.ts';
import { buildHostConfig, commonHostConfig, serviceHostConfig } from './host-config.ts';
import { buildEndpoint, helperEndpoint, serviceEndpoint } from './network-options.ts';
import { shellMark } from '../shell/script-frame.ts';
import { digestLabel, prefixed, typeLabel } from '../labels.ts';

/** Longest `KEY=value` that the kernel hands to a new process (MAX_ARG_STRLEN: 32 pages, its final NUL counted). */
export const LONGEST_ENVIRONMENT_ENTRY = 131_072 - 1;

/** Runs the first shell that the image has; what it runs comes on stdin. */
const SHELLS = ['/usr/local/bin/bash', '/usr/bin/bash', '/bin/bash'];
const PLAIN_SHELLS = ['/usr/local/bin/sh', '/usr/bin/sh', '/bin/sh', '/busybox/sh'];

/** Pure: job and config in, the engine's create options out. */
export interface OptionContext {
  readonly spec: JobSpec;
  readonly docker: DockerConfig;
  /** Name or id for NetworkMode; undefined: the engine's default bridge. */
  readonly network: string | undefined;
  /** Of a service, when it is fixed. */
  readonly address?: string;
}

/** The image that a container is made of: its id, and its digest where a registry gave it one. */
export type ContainerImage = Pick<ResolvedImage, 'id' | 'digest'>;

/** Options of the build container: the image's entrypoint stays in force and is handed the shell as its command. */
export function buildContainerOptions(context: OptionContext, image: ContainerImage): CreateContainerOptions {
  const { spec, docker } = context;
  return {
    ...attached(context, image),
    Cmd: ['sh', '-c', shellDetector(spec)],
    ...(spec.image.entrypoint === undefined ? {} : { Entrypoint: [...spec.image.entrypoint] }),
    ...(spec.image.user === undefined ? {} : { User: spec.image.user }),
    Env: environment(spec),
    Labels: { ...spec.containerLabels, ...spec.labels, ...typeLabel('build'), ...digestLabel(image.digest) },
    HostConfig: {
      ...commonHostConfig(docker, spec.volumes, context.network),
      ...buildHostConfig(docker, spec.image.reference, context.network),
      ...(spec.flags.init ? { Init: true } : {}),
    },
    ...buildEndpoint(docker, context.network, ['build', spec.hostname]),
  };
}

/** Options of the helper container: a resident shell as root; no job variable is in its environment. */
export function helperContainerOptions(context: OptionContext, image: ContainerImage): CreateContainerOptions {
  const { spec, docker } = context;
  const { PidMode: _, ...hostConfig } = buildHostConfig(docker, spec.helperImage.reference, context.network);
  return {
    ...attached(context, image),
    Entrypoint: ['sh'],
    Cmd: [],
    User: '0:0',
    WorkingDir: '/',
    Labels: { ...spec.containerLabels, ...spec.labels, ...typeLabel('predefined'), ...digestLabel(image.digest) },
    HostConfig: { ...commonHostConfig(docker, spec.volumes, context.network), ...hostConfig },
    ...helperEndpoint(docker, context.network),
  };
}

/** Options of the container that files go into the job's volumes by: it has those volumes and is never started. */
export function fillingContainerOptions(
  { spec, docker }: OptionContext,
  image: ContainerImage,
): CreateContainerOptions {
  const volumes = spec.volumes.filter((volume) => !isForeign(volume, spec.directories));
  return {
    Image: image.id,
    Entrypoint: ['sh'],
    Labels: { ...spec.labels, ...typeLabel('predefined') },
    HostConfig: commonHostConfig(docker, volumes, 'none'),
  };
}

/** Options of one service container. */
export function serviceContainerOptions(
  context: OptionContext,
  service: ServiceSpec,
  image: ContainerImage,
): CreateContainerOptions {
  const { spec, docker } = context;
  return {
    Image: image.id,
    ...(service.command === undefined ? {} : { Cmd: [...service.command] }),
    ...(service.image.entrypoint === undefined ? {} : { Entrypoint: [...service.image.entrypoint] }),
    ...(service.image.user === undefined ? {} : { User: service.image.user }),
    Env: [...service.environment],
    Labels: {
      ...prefixed(spec.containerLabels),
      ...spec.containerLabels,
      ...spec.labels,
      ...typeLabel('service'),
      ...digestLabel(image.digest),
      ...service.labels,
    },
    HostConfig: {
      ...commonHostConfig(docker, spec.volumes, context.network),
      ...serviceHostConfig(docker, service.image.reference),
      ...(spec.flags.init ? { Init: true } : {}),
    },
    ...serviceEndpoint(context.network, service.aliases, context.address),
  };
}

function attached(context: OptionContext, image: ContainerImage): CreateContainerOptions {
  const shared = /^(host$|container:)/.test(context.network ?? '');
  const hostname = context.docker.hostname ?? (shared ? undefined : context.spec.hostname);
  return {
    Image: image.id,
    ...(hostname === undefined ? {} : { Hostname: hostname }),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
  };
}

/** Job variables for the entrypoint and for every process; what no process could be handed is left to the script. */
function environment(spec: JobSpec): string[] {
  return spec.environment
    .filter(({ key }) => key !== '')
    .map(({ key, value }) => `${key}=${value}`)
    .filter((entry) => Buffer.byteLength(entry) <= LONGEST_ENVIRONMENT_ENTRY && !entry.includes('\0'));
}

function shellDetector({ shell, nonce }: JobSpec): string {
  const candidates = shell === 'sh' ? PLAIN_SHELLS : [...SHELLS, ...PLAIN_SHELLS];
  const branches = candidates.map((path) => `if [ -x ${path} ]; then exec ${path}; fi`);
  return [shellMark(nonce), ...branches, 'exec sh'].join('\n');
}
