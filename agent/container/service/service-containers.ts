import type { DockerClient } from '../../docker/docker-client.ts';
import type { ResolvedImage } from '../../images/pull-image.ts';
import type { ServiceSpec } from '../../spec/job-spec.ts';
import { containerFailure } from '../failure/container-failure.ts';
import { serviceContainerOptions, type OptionContext } from '../options/create-options.ts';

/** A service container that the engine has started. */
export interface StartedService {
  readonly name: string;
  readonly spec: ServiceSpec;
  readonly id: string;
  /** Address on the job's network; empty when it has none of its own. */
  readonly address: string;
  /** TCP ports by which its readiness is judged, ascending; empty: nothing to wait for. */
  readonly ports: readonly number[];
}

/** Most ports of one image that are dialled. */
const MAX_PORTS = 20;

/** Creates and starts one service. The name is entered for removal by the caller beforehand. */
export async function startService(
  docker: DockerClient,
  name: string,
  service: ServiceSpec,
  started: { context: OptionContext; image: ResolvedImage },
): Promise<StartedService> {
  const { context, image } = started;
  try {
    const options = serviceContainerOptions(context, service, image);
    const { id } = await docker.createContainer(name, options, service.image.platform);
    await docker.startContainer(id);
    const { address } = await docker.inspectContainer(id);
    const reachable = context.network === 'host' ? '127.0.0.1' : address;
    // without an address of its own (network none, container:x) there is nothing to dial
    const ports = reachable === '' ? [] : readinessPorts(service, image);
    return { name, spec: service, id, address: reachable, ports };
  } catch (error) {
    throw containerFailure(error, `start service "${service.image.reference}"`, service.image.reference);
  }
}

/** HEALTHCHECK_TCP_PORT (in any letter case) of the service or its image, else the image's EXPOSEd TCP ports. */
function readinessPorts(service: ServiceSpec, image: ResolvedImage): readonly number[] {
  const wanted = [...image.env, ...service.environment]
    .map((entry) => entry.split('=', 2))
    .findLast(([key]) => key?.toUpperCase() === 'HEALTHCHECK_TCP_PORT')?.[1];
  const port = Number(wanted);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? [port] : image.tcpPorts.slice(0, MAX_PORTS);
}

/** `alias:address` lines for a network that has no name server of its own. */
export function hostEntries(services: readonly StartedService[]): string[] {
  return services.flatMap(({ spec, address, id }) =>
    address === '' ? [] : [...spec.aliases, id.slice(0, 12)].map((alias) => `${alias}:${address}`),
  );
}
