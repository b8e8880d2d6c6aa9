import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const openssl = async (...args: readonly string[]): Promise<void> => void (await promisify(execFile)('openssl', args));

/** Paths of a certificate and its key. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];

const SELF_SIGNED = ['req', '-x509', '-days', '2'];

/** Makes a certificate authority of one test in the folder. */
export async function makeAuthority(folder: string, name = 'registry test CA'): Promise<KeyPair> {
  const pair = { certificate: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
  const files = ['-keyout', pair.key, '-out', pair.certificate];
  await openssl(...SELF_SIGNED, '-subj', `/CN=${name}`, ...EC_KEY, ...files);
  return pair;
}

/** A server certificate of that authority for localhost and the addresses. */
export async function issueCertificate(
  folder: string,
  authority: KeyPair,
  addresses: readonly string[],
): Promise<KeyPair> {
  const pair = { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  const extensions = join(folder, 'server.ext');
  const names = ['DNS:localhost', ...addresses.map((address) => `IP:${address}`)];
  await writeFile(extensions, `subjectAltName=${names.join(',')}\n`);
  const request = join(folder, 'server.csr');
  await openssl('req', '-new', '-subj', '/CN=registry', ...EC_KEY, '-keyout', pair.key, '-out', request);
  const issuer = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial'];
  await openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    request,
    '-extfile',
    extensions,
    ...issuer,
    '-out',
    pair.certificate,
  );
  return pair;
}

/** A key for signing tokens with a certificate of its own, as the registry's `rootcertbundle` wants it. */
export async function makeTokenKey(folder: string): Promise<KeyPair> {
  const pair = { certificate: join(folder, 'token.crt'), key: join(folder, 'token.key') };
  const files = ['-keyout', pair.key, '-out', pair.certificate];
  await openssl(...SELF_SIGNED, '-subj', '/CN=token server', '-newkey', 'rsa:2048', '-noenc', ...files);
  return pair;
}

/** A certificate as one line of base64, as tokens carry it. */
export async function certificateLine(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replace(/-----[A-Z ]+-----|\s/g, '');
}
