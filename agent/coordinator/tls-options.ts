import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { UnusableClientError } from './coordinator-error.ts';

/** Where the TLS material of one `[[runners]]` entry may lie. */
export interface TlsSettings {
  /** `tls-ca-file`, `tls-cert-file`, `tls-key-file`. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Folder that is searched for `<host>.crt`, `<host>.auth.crt` and `<host>.auth.key` when a file is not named. */
  readonly certDir?: string | undefined;
}

type Role = 'ca' | 'cert' | 'key';
interface FoundFile {
  readonly role: Role;
  readonly path: string;
  readonly version: string;
}

/** The TLS files that exist now for `host`. Throws UnusableClientError when a named one cannot be read. */
export async function findTlsFiles(host: string, settings: TlsSettings): Promise<readonly FoundFile[]> {
  const beside = (suffix: string): string | undefined =>
    settings.certDir === undefined ? undefined : join(settings.certDir, host + suffix);
  const found = await Promise.all([
    findFile('ca', settings.caFile, beside('.crt')),
    findFile('cert', settings.certFile, beside('.auth.crt')),
    findFile('key', settings.keyFile, beside('.auth.key')),
  ]);
  return found.filter((file) => file !== undefined);
}

/** Tells one state of the files from another. */
export const tlsVersion = (files: readonly FoundFile[]): string => files.map((file) => file.version).join('\n');

/** The roots of the machine and of the runtime, the own CA after them, and the client certificate. */
export async function createTlsContext(files: readonly FoundFile[]): Promise<tls.SecureContext> {
  const pems = new Map<Role, string>();
  for (const file of files) pems.set(file.role, await readPem(file.path));
  const roots = new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')]);
  const own = pems.get('ca');
  if (own !== undefined) roots.add(own);
  const [cert, key] = [pems.get('cert'), pems.get('key')];
  try {
    return tls.createSecureContext({
      ca: [...roots],
      minVersion: 'TLSv1.2',
      ...(cert !== undefined && key !== undefined ? { cert, key } : {}),
    });
  } catch (error) {
    const paths = files.map((file) => file.path).join(', ');
    throw new UnusableClientError(`the certificates in ${paths} cannot be used`, { cause: error });
  }
}

async function findFile(
  role: Role,
  named: string | undefined,
  guess: string | undefined,
): Promise<FoundFile | undefined> {
  const path = named || guess;
  if (path === undefined) return undefined;
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return { role, path, version: `${path} ${mtimeMs} ${size} ${ino}` };
  } catch (error) {
    if (!named) return undefined;
    throw new UnusableClientError(`the TLS file ${path} cannot be read`, { cause: error });
  }
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UnusableClientError(`the TLS file ${path} cannot be read`, { cause: error });
  }
}
