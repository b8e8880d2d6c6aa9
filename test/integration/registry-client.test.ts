import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Credential } from '../../agent/images/auth/credential.ts';
import { RegistryClient } from '../../agent/images/registry/registry-client.ts';
import { isRegistryError, type RegistryErrorKind } from '../../agent/images/registry/registry-error.ts';
import { trafficOf } from '../support/registry/access-log.ts';
import { type Account, randomAccount } from '../support/registry/accounts.ts';
import { issueCertificate, makeAuthority } from '../support/registry/certificates.ts';
import { pushImage } from '../support/registry/registry-image.ts';
import { needsRegistry } from '../support/registry/registry-tools.ts';
import { startRegistry } from '../support/registry/start-registry.ts';
import { startTokenServer } from '../support/registry/token-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const credential = (account: Account, change: Partial<Credential> = {}): Credential => ({
  ...account,
  source: 'a test',
  key: 'registry',
  ...change,
});

async function head(reference: string, as: Credential | undefined, client = new RegistryClient()): Promise<string> {
  try {
    return (await client.headManifest(reference, as, AbortSignal.timeout(10_000))).digest;
  } finally {
    await client.close();
  }
}

async function kindOf(promise: Promise<unknown>): Promise<RegistryErrorKind> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (isRegistryError(error)) return error.kind;
  throw error;
}

describe('a real registry', { skip: needsRegistry() }, () => {
  test('with user and password says the digest that was pushed, and no to others; no layer moves', async () => {
    const alice = randomAccount('alice');
    await using registry = await startRegistry({ accounts: [alice] });
    await using image = await pushImage({ host: registry.host, account: alice });
    const before = trafficOf(await registry.requests(), image.repository);
    assert.equal(await head(image.name, credential(alice)), image.digest);
    assert.equal(await head(`${image.name}@${image.digest}`, credential(alice)), image.digest);
    assert.equal(await kindOf(head(image.name, undefined)), 'unauthorized');
    assert.equal(await kindOf(head(image.name, credential({ ...alice, password: 'wrong' }))), 'unauthorized');
    assert.equal(await kindOf(head(`${registry.host}/absent:1`, credential(alice))), 'not-found');
    const after = trafficOf(await registry.requests(), image.repository);
    assert.deepEqual([after.manifestGets, after.blobs], [before.manifestGets, before.blobs]);
  });

  test('with a private CA is trusted once the CA lies in its folder, and not before', async () => {
    const alice = randomAccount('alice');
    await using dir = await tempDir();
    const authority = await makeAuthority(dir.path);
    const tls = await issueCertificate(dir.path, authority, ['127.0.0.1']);
    await using registry = await startRegistry({ accounts: [alice], tls });
    await using image = await pushImage({ host: registry.host, account: alice });
    const certificates = dir.file('certs.d');
    const strict = () =>
      new RegistryClient({ certificates, insecure: () => Promise.resolve({ hosts: [], networks: [] }) });
    assert.equal(await kindOf(head(image.name, credential(alice), strict())), 'tls');
    await mkdir(join(certificates, registry.host), { recursive: true });
    await copyFile(authority.certificate, join(certificates, registry.host, 'ca.crt'));
    assert.equal(await head(image.name, credential(alice), strict()), image.digest);
  });

  test('with tokens grants by password and by identity token, and buys one token for several questions', async () => {
    const [alice, bob] = [randomAccount('alice'), randomAccount('bob')];
    const identityToken = `id-${alice.password}`;
    await using tokens = await startTokenServer({
      accounts: [alice, bob],
      grants: { bob: ['other'] },
      identityTokens: { [identityToken]: 'alice' },
    });
    await using registry = await startRegistry({ tokens });
    await using image = await pushImage({ host: registry.host, account: alice });
    const before = tokens.requests.length;
    const client = new RegistryClient();
    const signal = AbortSignal.timeout(10_000);
    for (let count = 0; count < 3; count++) await client.headManifest(image.name, credential(alice), signal);
    await client.close();
    assert.equal(tokens.requests.length - before, 1);
    const byIdentity = credential({ username: '<token>', password: '' }, { identityToken });
    assert.equal(await head(image.name, byIdentity), image.digest);
    assert.equal(tokens.requests.at(-1)?.grant, 'refresh_token');
    assert.match(await kindOf(head(image.name, credential(bob))), /^(?:unauthorized|denied)$/);
    assert.equal(await kindOf(head(image.name, credential({ ...alice, password: 'wrong' }))), 'unauthorized');
    assert.match(await kindOf(head(image.name, undefined)), /^(?:unauthorized|denied)$/);
  });
});
