import type { DockerConfig } from '../../config/schema/docker.ts';
import type { DockerClient } from '../../docker/docker-client.ts';
import type { JobSpec } from '../../spec/job-spec.ts';
import { containerFailure } from '../failure/container-failure.ts';
import type { JobObjects } from '../job-objects.ts';

/**
 * The network of the job's containers: the configured one, else one of the job's own when it needs names for its
 * services, else undefined (the engine's default bridge).
 */
export async function jobNetwork(
  docker: DockerClient,
  objects: JobObjects,
  spec: JobSpec,
  config: DockerConfig,
): Promise<string | undefined> {
  if (!spec.ownNetwork) return config.network_mode;
  objects.network(spec.networkName);
  try {
    await docker.createNetwork(spec.networkName, {
      Driver: 'bridge',
      CheckDuplicate: true,
      EnableIPv6: config.enable_ipv6,
      Labels: spec.labels,
      Options: config.network_mtu > 0 ? { 'com.docker.network.driver.mtu': String(config.network_mtu) } : {},
    });
    return spec.networkName;
  } catch (error) {
    throw containerFailure(error, `create the job's network`, spec.image.reference);
  }
}

/** True for networks whose name server knows no aliases: names then go into /etc/hosts. */
export const hasNoNameServer = (network: string | undefined): boolean =>
  network === undefined || ['default', 'bridge'].includes(network);
