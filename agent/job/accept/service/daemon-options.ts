import type { DockerConfig } from '../../../config/schema/docker.ts';
import { registryName } from '../../../images/registry/image-place.ts';
import type { ServiceSpec } from '../../../spec/job-spec.ts';
import { isOfficial } from './docker-daemon.ts';

/**
 * Options of dockerd that a Docker in Docker service does not find out by itself: the MTU of the network it is on, and
 * the mirrors of docker.io. Empty when the job says with what the service is started, or the image may not take options.
 */
export function daemonOptions(service: ServiceSpec, docker: DockerConfig): string[] {
  if (!takesOptions(service)) return [];
  const mtu = docker.network_mtu > 0 ? [`--mtu=${docker.network_mtu}`] : [];
  const mirrors = docker.registry_mirrors
    .filter(({ registry, url }) => registryName(registry) === 'docker.io' && isUsable(url))
    .map(({ url }) => `--registry-mirror=${new URL(url).origin}`);
  return [...mtu, ...mirrors];
}

/** Whether options may be added: the job has not said with what the service is started, and the image takes them. */
export const takesOptions = (service: ServiceSpec): boolean => service.command === undefined && isOfficial(service);

/** dockerd takes a host alone; what is on the host's loopback is not on the service's; a password would be seen by all. */
function isUsable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { pathname, username, password, hostname } = new URL(url);
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return pathname === '/' && username === '' && password === '' && !local;
}
