import { JobFailure } from '../../common/errors/job-failure.ts';
import type { DockerConfig } from '../../config/schema/docker.ts';
import type { DockerClient } from '../../docker/docker-client.ts';
import { DockerError } from '../../docker/docker-error.ts';
import type { JobSpec } from '../../spec/job-spec.ts';
import { containerFailure } from '../failure/container-failure.ts';
import type { JobObjects } from '../job-objects.ts';
import { addressPlan } from './address-plan.ts';
import { hostRoutes } from './host-routes.ts';
import { ipv6Subnet } from './ipv6-subnet.ts';
import { networkPool } from './network-pool.ts';
import { pickSubnets } from './pick-subnets.ts';
import { formatSubnet, type Subnet } from './subnet.ts';

/** Most subnets that are offered to the engine: it answers "overlaps" within milliseconds. */
const MAX_OFFERS = 64;

export interface JobNetwork {
  /** undefined: the engine's default bridge. */
  readonly name: string | undefined;
  /** Address of each service by its place in the list; empty where the engine chooses. */
  readonly serviceAddresses: readonly string[];
}

/**
 * The network of the job's containers: the configured one, else one of the job's own when it needs names for its
 * services, else the engine's default bridge.
 */
export async function jobNetwork(
  docker: DockerClient,
  objects: JobObjects,
  spec: JobSpec,
  config: DockerConfig,
): Promise<JobNetwork> {
  if (!spec.ownNetwork) return { name: config.network_mode, serviceAddresses: [] };
  objects.network(spec.networkName);
  try {
    return { name: spec.networkName, serviceAddresses: await createJobNetwork(docker, spec, config) };
  } catch (error) {
    if (isExhausted(error)) throw noAddresses(networkPool(config), error);
    throw containerFailure(error, `create the job's network`, spec.image.reference);
  }
}

/** A small subnet of our own pool; the engine's pools, of which there are about 30, when that has none. */
async function createJobNetwork(docker: DockerClient, spec: JobSpec, config: DockerConfig): Promise<readonly string[]> {
  const options = {
    Driver: 'bridge',
    CheckDuplicate: true,
    EnableIPv6: config.enable_ipv6,
    Labels: spec.labels,
    Options: config.network_mtu > 0 ? { 'com.docker.network.driver.mtu': String(config.network_mtu) } : {},
  };
  const ipv6 = config.enable_ipv6 ? [{ Subnet: ipv6Subnet(spec.networkName) }] : [];
  for (const subnet of await offers(spec, networkPool(config))) {
    try {
      const { ipam, services } = addressPlan(subnet, spec.services.length);
      await docker.createNetwork(spec.networkName, { ...options, IPAM: { Config: [ipam, ...ipv6] } });
      return services;
    } catch (error) {
      if (!isOverlap(error)) throw error;
    }
  }
  await docker.createNetwork(spec.networkName, { ...options, IPAM: { Config: ipv6 } });
  return [];
}

async function offers(spec: JobSpec, pool: Subnet | undefined): Promise<Subnet[]> {
  if (pool === undefined) return [];
  const taken = await hostRoutes();
  const picked = pickSubnets({ pool, taken, services: spec.services.length, seed: spec.networkName });
  return [...picked.take(MAX_OFFERS)];
}

const isOverlap = (error: unknown): boolean =>
  error instanceof DockerError && /overlap|conflicts with network/i.test(error.message);

const isExhausted = (error: unknown): boolean =>
  error instanceof DockerError &&
  /fully subnetted|non-overlapping IPv4 address pool|no available network/i.test(error.message);

function noAddresses(pool: Subnet | undefined, cause: unknown): JobFailure {
  const own =
    pool === undefined ? '' : `those of network_pool (${formatSubnet(pool)}) that were tried are in use, and `;
  return new JobFailure(
    'runner_system_failure',
    `no addresses are left for the job's network: ${own}the engine's own address pools are exhausted. ` +
      'Remove networks that nobody uses ("docker network prune") or set another network_pool in [runners.docker]',
    { cause },
  );
}

/** True for networks whose name server knows no aliases: names then go into /etc/hosts. */
export const hasNoNameServer = (network: string | undefined): boolean =>
  network === undefined || ['default', 'bridge'].includes(network);
