import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Where the engine looks for the certificates of registries; what it trusts, the agent trusts. */
export const engineCertificates = '/etc/docker/certs.d';

/** The files of `<folder>/<host[:port]>/`: CAs end in `.crt`, client certificates in `.cert` with their `.key` beside. */
export interface CertificateFiles {
  readonly paths: readonly string[];
  /** Tells one state of the files from another. */
  readonly version: string;
}

/** The certificate files of one host, none when it has no folder. */
export async function findCertificates(folder: string, host: string): Promise<CertificateFiles> {
  const directory = join(folder, host);
  const names = await readdir(directory).catch(() => []);
  const paths = names.filter((name) => /\.(?:crt|cert|key)$/.test(name)).toSorted();
  const versions = paths.map(async (name) => {
    const { mtimeMs, size, ino } = await stat(join(directory, name));
    return `${directory}/${name} ${mtimeMs} ${size} ${ino}`;
  });
  return { paths: paths.map((name) => join(directory, name)), version: (await Promise.all(versions)).join('\n') };
}

/** The roots of the machine and of the runtime and the CAs of all `files`; client certificates of the first. */
export async function secureContextOf(files: readonly CertificateFiles[]): Promise<SecureContext> {
  const roots = new Set([...getCACertificates('default'), ...getCACertificates('system')]);
  const own = files.flatMap(({ paths }) => paths.filter((path) => path.endsWith('.crt')));
  for (const path of own) roots.add(await readFile(path, 'utf8'));
  const clients = (files[0]?.paths ?? []).filter((path) => path.endsWith('.cert'));
  const cert = await Promise.all(clients.map((path) => readFile(path, 'utf8')));
  const key = await Promise.all(clients.map((path) => readFile(path.replace(/\.cert$/, '.key'), 'utf8')));
  return createSecureContext({ ca: [...roots], minVersion: 'TLSv1.2', ...(cert.length > 0 ? { cert, key } : {}) });
}
