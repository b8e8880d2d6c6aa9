import { dirname, join } from 'node:path';
import { HttpCoordinator } from '../coordinator/http-coordinator.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';

type Connection = Pick<RunnerConfig, 'url' | 'tls-ca-file' | 'tls-cert-file' | 'tls-key-file'>;

/** The coordinator of one `[[runners]]` entry. Certificates may lie in `certs/` beside the config file. */
export function coordinatorFor(connection: Connection, configPath: string, connectionMaxAge?: number): HttpCoordinator {
  return new HttpCoordinator({
    url: connection.url,
    connectionMaxAge,
    tls: {
      caFile: connection['tls-ca-file'],
      certFile: connection['tls-cert-file'],
      keyFile: connection['tls-key-file'],
      certDir: join(dirname(configPath), 'certs'),
    },
  });
}
