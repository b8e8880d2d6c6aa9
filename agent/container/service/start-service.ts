import type { DockerClient } from '../../docker/docker-client.ts';
import type { ResolvedImage } from '../../images/pull-image.ts';
import type { ServiceSpec } from '../../spec/job-spec.ts';
import { serviceContainerOptions, type OptionContext } from '../options/create-options.ts';
import { containerFailure } from '../failure/container-failure.ts';
import type { StartedService } from './started-service.ts';
import { withHostMtu } from './with-host-mtu.ts';

/** Creates and starts one service. The name is entered for removal by the caller beforehand. */
export async function startService(
  docker: DockerClient,
  name: string,
  service: ServiceSpec,
  made: { context: OptionContext; image: ResolvedImage },
): Promise<StartedService> {
  const { context, image } = made;
  try {
    const options = serviceContainerOptions(context, await withHostMtu(docker, service), image);
    const { id } = await docker.createContainer(name, options, service.image.platform);
    await docker.startContainer(id);
    const { address, running } = await docker.inspectContainer(id);
    const { env, tcpPorts, healthcheck } = image;
    const reachable = context.network === 'host' ? '127.0.0.1' : address;
    return { name, spec: service, id, address: reachable, ended: !running, image: { env, tcpPorts, healthcheck } };
  } catch (error) {
    throw containerFailure(error, `start service "${service.image.reference}"`, service.image.reference);
  }
}

/** `alias:address` lines for a network that has no name server of its own. */
export function hostEntries(services: readonly StartedService[]): string[] {
  return services.flatMap(({ spec, address, id }) =>
    address === '' ? [] : [...spec.aliases, id.slice(0, 12)].map((alias) => `${alias}:${address}`),
  );
}
