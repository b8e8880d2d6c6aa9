import { posix } from 'node:path';
import { isPrivilegedService } from '../../../container/options/host-config.ts';
import type { ServiceSpec, VolumeSpec } from '../../../spec/job-spec.ts';
import type { ImageContext } from '../image-use.ts';
import { isWithin } from '../job-volumes.ts';
import { hasTlsByDefault, isOfficial } from './docker-daemon.ts';

/** What is known about a job with Docker in Docker before anything is started. */
export interface DaemonFacts extends Pick<ImageContext, 'docker' | 'variables'> {
  readonly volumes: readonly VolumeSpec[];
  readonly daemons: readonly ServiceSpec[];
  readonly services: readonly ServiceSpec[];
}

/** What cannot work as it is set up, one sentence each, with the line that mends it. Empty as a rule. */
export function daemonAdvice(facts: DaemonFacts): string[] {
  return [...facts.daemons.flatMap((daemon) => daemonProblems(daemon, facts)), ...hostProblem(facts)];
}

function daemonProblems(daemon: ServiceSpec, facts: DaemonFacts): string[] {
  const privileged = privilegeProblem(daemon, facts);
  const tls = tlsProblem(daemon, facts);
  return [privileged, tls].filter((text) => text !== undefined);
}

/** Another runtime may be made for containers in containers. */
function privilegeProblem({ image }: ServiceSpec, { docker }: DaemonFacts): string | undefined {
  if (isPrivilegedService(docker, image.reference) || docker.runtime !== undefined) return undefined;
  const line =
    (docker.services_privileged ?? docker.privileged)
      ? 'allow it in allowed_privileged_services'
      : 'set services_privileged = true (or privileged = true)';
  return `Service "${image.reference}" is not privileged, and Docker in Docker needs that: ${line} in [runners.docker]`;
}

/** Only where the image's own entrypoint decides about TLS, as it is known to do. */
function tlsProblem(daemon: ServiceSpec, { variables, volumes }: DaemonFacts): string | undefined {
  const { image, command, aliases } = daemon;
  if (
    !isOfficial(daemon) ||
    command?.some((word, index) => /^--?(?:tls|H|host)/.test(word) || (index === 0 && !word.startsWith('-')))
  )
    return undefined;
  const directory = certificateDirectory(daemon);
  const { host, port } = dockerHost(variables.get('DOCKER_HOST'));
  const named = host !== '' && aliases.includes(host);
  if (directory === '') {
    if (!named || port !== '2376') return undefined;
    return `DOCKER_HOST names port 2376, but service "${image.reference}" listens on 2375 without TLS, because DOCKER_TLS_CERTDIR is empty`;
  }
  if (named && port === '2375')
    return `DOCKER_HOST names port 2375, but service "${image.reference}" listens on 2376 with TLS: set DOCKER_HOST: tcp://${host}:2376, or DOCKER_TLS_CERTDIR: "" in the variables of the service`;
  const client = posix.join(directory, 'client');
  if (volumes.some(({ destination }) => isWithin(client, destination))) return undefined;
  return `The job cannot see the client certificate of service "${image.reference}": add "${client}" to volumes in [runners.docker]`;
}

function certificateDirectory(daemon: ServiceSpec): string {
  const said = daemon.environment.findLast((entry) => entry.startsWith('DOCKER_TLS_CERTDIR='));
  if (said !== undefined) return said.replace(/^[^=]*=/, '');
  return hasTlsByDefault(daemon) ? '/certs' : '';
}

/** On a network of the job's own, a name without dots can only be a service's, or one of /etc/hosts. */
function hostProblem({ daemons, services, docker, variables }: DaemonFacts): string[] {
  const { host } = dockerHost(variables.get('DOCKER_HOST'));
  const [daemon] = daemons;
  if (
    daemon === undefined ||
    docker.network_mode !== undefined ||
    host === '' ||
    host === 'localhost' ||
    /[.:]/.test(host)
  )
    return [];
  if (docker.extra_hosts.some((line) => line.startsWith(`${host}:`))) return [];
  if (docker.links.some((link) => link === host || link.endsWith(`:${host}`))) return [];
  if (services.some(({ aliases }) => aliases.includes(host))) return [];
  return [
    `DOCKER_HOST names "${host}", but no service has this name: add "alias: ${host}" to service "${daemon.image.reference}"`,
  ];
}

function dockerHost(text: string): { host: string; port: string } {
  const [, host = '', port = ''] = /^tcp:\/\/([^/:]+):(\d+)\/?$/.exec(text) ?? [];
  return { host, port };
}
