import type { DockerClient } from '../../docker/docker-client.ts';
import type { ServiceSpec } from '../../spec/job-spec.ts';

const USUAL_MTU = 1500;

/**
 * A Docker Engine in a service does not find out that packets on the host's networks are smaller than usual: it hands on
 * 1500, and what is pulled or fetched within it hangs. It is told with an option.
 */
export async function withHostMtu(docker: DockerClient, service: ServiceSpec): Promise<ServiceSpec> {
  if (service.inheritsMtu !== true) return service;
  const mtu = (await docker.networkMtu('bridge')) ?? USUAL_MTU;
  return mtu < USUAL_MTU ? { ...service, command: [...(service.command ?? []), `--mtu=${mtu}`] } : service;
}
