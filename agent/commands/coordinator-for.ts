import { dirname, join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { CoordinatorContacts } from '../coordinator/coordinator-contact.ts';
import { HttpCoordinator, type HttpCoordinatorOptions } from '../coordinator/http-coordinator.ts';
import type { TlsSettings } from '../coordinator/tls-options.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';

type Connection = Pick<RunnerConfig, 'url' | 'tls-ca-file' | 'tls-cert-file' | 'tls-key-file'>;

/** The coordinator of one `[[runners]]` entry. Certificates may lie in `certs/` beside the config file. */
export function coordinatorFor(
  connection: Connection,
  configPath: string,
  shared: Pick<HttpCoordinatorOptions, 'connectionMaxAge' | 'contact'> = {},
): HttpCoordinator {
  return new HttpCoordinator({ url: connection.url, ...shared, tls: tlsSettings(connection, configPath) });
}

/** The same for all entries of an agent: what one of them learns of its coordinator, the others of the same URL know. */
export function sharedCoordinators(configPath: string): (runner: RunnerConfig, config: Config) => HttpCoordinator {
  const contacts = new CoordinatorContacts();
  return (runner, { connection_max_age: connectionMaxAge }) =>
    coordinatorFor(runner, configPath, { connectionMaxAge, contact: contacts.of(runner.url) });
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
