import type { DockerConfig } from '../../../config/schema/docker.ts';
import type { ServiceSpec, VolumeSpec } from '../../../spec/job-spec.ts';
import type { Probe } from '../../../spec/readiness.ts';
import type { ImageContext } from '../image-use.ts';
import { daemonAdvice } from './daemon-advice.ts';
import { daemonOptions, takesOptions } from './daemon-options.ts';
import { isDockerDaemon } from './docker-daemon.ts';

export interface DaemonContext extends ImageContext {
  readonly volumes: readonly VolumeSpec[];
}

const CUSTOM_PORT = /tcp:\/\/[^\s:]*:(\d{1,5})$/;
const USUAL_PORTS = [2376, 2375];

/**
 * Services that are Docker Engines of the job's own are ready when the daemon answers, learn what they need to know of
 * the runner's network, and come with a warning when they cannot work as they are set up. Others stay as they are.
 */
export function dockerInDocker(services: readonly ServiceSpec[], context: DaemonContext): ServiceSpec[] {
  const daemons = services.filter(isDockerDaemon);
  for (const text of daemonAdvice({ daemons, services, ...context })) context.warn(text);
  return services.map((service) => (daemons.includes(service) ? asDaemon(service, context.docker) : service));
}

function asDaemon(service: ServiceSpec, docker: DockerConfig): ServiceSpec {
  const options = daemonOptions(service, docker);
  return {
    ...service,
    ...(options.length === 0 ? {} : { command: options }),
    ...(takesOptions(service) && docker.network_mtu === 0 ? { inheritsMtu: true } : {}),
    readiness: { ...service.readiness, probe: daemonProbe(service) },
  };
}

/** A port of the daemon's that is named is asked, too: that it is open does not mean much. */
function daemonProbe(service: ServiceSpec): Probe {
  const { probe } = service.readiness;
  const ports = daemonPorts(service);
  if (probe.kind === 'image') return { kind: 'daemon', ports };
  return probe.kind === 'tcp' && ports.includes(probe.port) ? { kind: 'daemon', ports: [probe.port] } : probe;
}

function daemonPorts({ command = [] }: ServiceSpec): readonly number[] {
  const ports = command
    .map((word) => Number(CUSTOM_PORT.exec(word)?.[1] ?? 0))
    .filter((port) => port > 0 && port < 65_536);
  return ports.length > 0 ? ports : USUAL_PORTS;
}
