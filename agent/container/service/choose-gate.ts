import { JobFailure } from '../../common/errors/job-failure.ts';
import type { DockerClient } from '../../docker/docker-client.ts';
import type { InsideProbe } from './inside-probe.ts';
import { DaemonGate } from './gates/daemon-gate.ts';
import { EitherGate } from './gates/either-gate.ts';
import { EndedGate } from './gates/ended-gate.ts';
import { ExecGate } from './gates/exec-gate.ts';
import type { Gate } from './gates/gate.ts';
import { HttpGate } from './gates/http-gate.ts';
import { LogGate } from './gates/log-gate.ts';
import { PortGate } from './gates/port-gate.ts';
import type { StartedService } from './started-service.ts';

/** Most ports of one image that are dialled. */
const MAX_PORTS = 20;
/** An open port is the usual sign: a HEALTHCHECK beside it is run only when that is long in coming. */
const HEALTHCHECK_AFTER_MS = 1000;

export interface GateTools {
  readonly docker: DockerClient;
  readonly inside: InsideProbe;
}

/** How this service is judged; undefined when there is nothing to wait for. */
export function chooseGate(service: StartedService, tools: GateTools): Gate | undefined {
  const { probe } = service.spec.readiness;
  switch (probe.kind) {
    case 'none':
      return undefined;
    case 'tcp':
      return portGate(service, [probe.port], tools);
    case 'http':
      return httpGate(service, probe, tools);
    case 'daemon':
      return daemonGate(service, probe.ports, tools);
    case 'exec':
      return execGate(service, ['sh', '-c', probe.command], `"${probe.command}"`, tools);
    case 'log':
      return new LogGate(tools.docker, service.id, probe.pattern);
    case 'healthcheck':
      return healthGate(service, tools) ?? missingHealthcheck(service);
    case 'image':
      return imageGate(service, tools);
  }
}

/** Port or HEALTHCHECK, whichever says so first: an open port is enough, as users know it. */
function imageGate(service: StartedService, tools: GateTools): Gate | undefined {
  const ports = portGate(service, imagePorts(service), tools);
  const health = healthGate(service, tools);
  if (ports === undefined || health === undefined) return ports ?? health;
  return new EitherGate(ports, health, HEALTHCHECK_AFTER_MS);
}

/** HEALTHCHECK_TCP_PORT (in any letter case) of the image's ENV, else its EXPOSEd TCP ports. */
function imagePorts({ spec, image }: StartedService): readonly number[] {
  const wanted = image.env.findLast((entry) => /^HEALTHCHECK_TCP_PORT=./i.test(entry))?.replace(/^[^=]*=/, '');
  if (wanted === undefined) return image.tcpPorts.slice(0, MAX_PORTS);
  const port = Number(wanted);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return [port];
  const sentence = `image "${spec.image.reference}" has HEALTHCHECK_TCP_PORT "${wanted}", which is no port number`;
  throw new JobFailure('runner_configuration_error', sentence);
}

/** Without an address of its own (network none, container:x) there is nothing to dial. */
function portGate(service: StartedService, ports: readonly number[], tools: GateTools): Gate | undefined {
  if (ports.length === 0) return undefined;
  if (service.address === '') return service.ended === true ? new EndedGate() : undefined;
  const listensInside = (wanted: readonly number[], signal: AbortSignal): Promise<void> =>
    tools.inside.listens(service.id, wanted, signal);
  return new PortGate({ address: service.address, ports, near: isNear(tools.docker), listensInside });
}

function httpGate(
  service: StartedService,
  { port, path }: { port: number; path: string },
  tools: GateTools,
): Gate | undefined {
  if (service.address === '') return service.ended === true ? new EndedGate() : undefined;
  const answersInside = (url: string, signal: AbortSignal): Promise<void> =>
    tools.inside.answers(service.id, url, signal);
  return new HttpGate({ address: service.address, port, path, near: isNear(tools.docker), answersInside });
}

function daemonGate(service: StartedService, ports: readonly number[], tools: GateTools): Gate | undefined {
  if (service.address === '') return undefined;
  const listensInside = (wanted: readonly number[], signal: AbortSignal): Promise<void> =>
    tools.inside.listens(service.id, wanted, signal);
  return new DaemonGate({ address: service.address, ports, near: isNear(tools.docker), listensInside });
}

function healthGate(service: StartedService, tools: GateTools): Gate | undefined {
  const command = service.image.healthcheck;
  return command === undefined ? undefined : execGate(service, command, 'its HEALTHCHECK', tools);
}

const execGate = (service: StartedService, command: readonly string[], name: string, { docker }: GateTools): Gate =>
  new ExecGate({ docker, containerId: service.id, command, name });

function missingHealthcheck({ spec }: StartedService): never {
  const sentence = `DOCKWORKER_READY is "healthcheck", but image "${spec.image.reference}" has no HEALTHCHECK`;
  throw new JobFailure('runner_configuration_error', sentence);
}

/** Addresses of containers mean something only on the engine's own machine. */
const isNear = ({ host }: DockerClient): boolean =>
  host.startsWith('unix:') || /^\w+:\/\/(?:localhost|127\.|\[::1\])/.test(host);
