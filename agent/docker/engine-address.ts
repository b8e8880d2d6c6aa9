import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerOptions } from 'dockerode';

const DEFAULT_HOST = 'unix:///var/run/docker.sock';

export interface EngineAddress {
  /** unix:///path, tcp://host:port */
  readonly host: string;
  readonly options: DockerOptions;
}

/**
 * Where the engine is: `host` of [runners.docker], else DOCKER_HOST, else the system socket.
 * @throws {Error} for a scheme other than unix:, tcp:, http: or https:
 */
export function engineAddress(
  docker: { host?: string | undefined; tls_cert_path?: string | undefined; tls_verify?: boolean | undefined },
  env: NodeJS.ProcessEnv = process.env,
): EngineAddress {
  const host = docker.host || env['DOCKER_HOST'] || DEFAULT_HOST;
  if (host.startsWith('unix://')) return { host, options: { socketPath: host.slice('unix://'.length) } };
  const url = new URL(host.includes('://') ? host : `tcp://${host}`);
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol))
    throw new Error(`engine address "${host}": expected unix:///path or tcp://host:port`);
  const certificates = docker.tls_cert_path || (env['DOCKER_TLS_VERIFY'] ? env['DOCKER_CERT_PATH'] : undefined);
  const secure = docker.tls_verify === true || url.protocol === 'https:' || certificates !== undefined;
  return {
    host,
    options: {
      host: url.hostname,
      port: url.port || (secure ? '2376' : '2375'),
      protocol: secure ? 'https' : 'http',
      ...(certificates === undefined ? {} : readCertificates(certificates)),
    },
  };
}

function readCertificates(directory: string): Pick<DockerOptions, 'ca' | 'cert' | 'key'> {
  const read = (name: string): Buffer => readFileSync(join(directory, name));
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
