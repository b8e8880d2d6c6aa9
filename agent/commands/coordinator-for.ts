import { dirname, join } from 'node:path';
import { HttpCoordinator } from '../coordinator/http-coordinator.ts';
import type { TlsSettings } from '../coordinator/tls-options.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';

type Connection = Pick<RunnerConfig, 'url' | 'tls-ca-file' | 'tls-cert-file' | 'tls-key-file'>;

/** The coordinator of one `[[runners]]` entry. Certificates may lie in `certs/` beside the config file. */
export function coordinatorFor(connection: Connection, configPath: string, connectionMaxAge?: number): HttpCoordinator {
  return new HttpCoordinator({
    url: connection.url,
    connectionMaxAge,
    tls: tlsSettings(connection, configPath),
  });
}

/** Where the certificates for the coordinator of one entry are. */
export function tlsSettings(connection: Connection, configPath: string): TlsSettings {
  return {
    caFile: connection['tls-ca-file'],
    certFile: connection['tls-cert-file'],
    keyFile: connection['tls-key-file'],
    certDir: join(dirname(configPath), 'certs'),
  };
}
