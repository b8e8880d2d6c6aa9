import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Credential } from '../../../../../agent/images/auth/credential.ts';
import { RegistryClient, type RegistryClientOptions } from '../../../../../agent/images/registry/registry-client.ts';
import { isRegistryError, type RegistryError } from '../../../../../agent/images/registry/registry-error.ts';
import { RecordingServer, type Answer } from '../../../../support/recording-server.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const never = new AbortController().signal;
const nothingInsecure = () => Promise.resolve({ hosts: [], networks: [] });
const digest = `sha256:${'1'.repeat(64)}`;
const found: Answer = { status: 200, headers: { 'docker-content-digest': digest } };
const basic: Answer = { status: 401, headers: { 'www-authenticate': 'Basic realm="Registry"' } };
const alice: Credential = { username: 'alice', password: 's3cret', source: 'config.json', key: 'registry' };
const tlsFile = (name: string): Promise<string> =>
  readFile(new URL(`../../../../support/tls/${name}`, import.meta.url), 'utf8');

async function startSecure(): Promise<RecordingServer> {
  const server = await RecordingServer.start({ cert: await tlsFile('server.crt'), key: await tlsFile('server.key') });
  server.answer(found);
  return server;
}

async function head(
  server: Pick<RecordingServer, 'port'>,
  options: RegistryClientOptions = {},
  signal = never,
): Promise<string> {
  const client = new RegistryClient({ env: {}, certificates: '/nonexistent', ...options });
  try {
    return (await client.headManifest(`127.0.0.1:${server.port}/app`, alice, signal)).digest;
  } finally {
    await client.close();
  }
}

async function errorOf(promise: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (isRegistryError(error)) return error;
  throw error;
}

test('many may ask at once, from the first question on', async () => {
  await using registry = await startSecure();
  const client = new RegistryClient({ env: {}, certificates: '/nonexistent' });
  const ask = async (): Promise<string> =>
    (await client.headManifest(`127.0.0.1:${registry.port}/app`, alice, never)).digest;
  assert.deepEqual(
    await Promise.all(Array.from({ length: 20 }, ask)),
    Array.from({ length: 20 }, () => digest),
  );
  await client.close();
});

describe('redirects', () => {
  test('to another host are followed without credentials', async () => {
    await using registry = await RecordingServer.start();
    await using other = await startSecure();
    await using dir = await tempDir();
    await mkdir(join(dir.path, `127.0.0.1:${other.port}`));
    await writeFile(join(dir.path, `127.0.0.1:${other.port}`, 'ca.crt'), await tlsFile('ca.crt'));
    registry.answer(basic, { status: 307, headers: { location: `${other.url}/elsewhere` } });
    assert.equal(await head(registry, { certificates: dir.path }), digest);
    assert.equal(registry.requests[1]?.headers.authorization?.startsWith('Basic '), true);
    assert.deepEqual(
      other.requests.map(({ path, headers }) => [path, headers.authorization]),
      [['/elsewhere', undefined]],
    );
    other.answer(basic);
    registry.answer({ status: 307, headers: { location: `${other.url}/elsewhere` } });
    assert.equal((await errorOf(head(registry, { certificates: dir.path }))).kind, 'unauthorized');
    assert.deepEqual(
      other.requests.filter(({ headers }) => headers.authorization !== undefined),
      [],
    );
  });

  test('to another host without TLS, and without end, are refused', async () => {
    await using registry = await RecordingServer.start();
    await using other = await RecordingServer.start();
    registry.answer({ status: 302, headers: { location: `${other.url}/` } });
    assert.match((await errorOf(head(registry))).message, /redirects to http:\/\/127.*, which is not https/);
    assert.equal(other.requests.length, 0);
    registry.answer({ status: 302, headers: { location: '/v2/again' } });
    assert.match((await errorOf(head(registry))).message, /redirects without end/);
  });

  test('on the same host keep the credentials', async () => {
    await using registry = await RecordingServer.start();
    registry.answer(basic, { status: 308, headers: { location: '/v2/moved' } }, found);
    assert.equal(await head(registry), digest);
    assert.equal(registry.requests[2]?.headers.authorization?.startsWith('Basic '), true);
  });
});

describe('TLS', () => {
  test("an unknown CA is an error of kind tls; one in the engine's folder is trusted at once", async () => {
    await using registry = await startSecure();
    await using dir = await tempDir();
    const options = { insecure: nothingInsecure, certificates: dir.path };
    const client = new RegistryClient({ env: {}, ...options });
    const ask = (): Promise<{ digest: string }> => client.headManifest(`127.0.0.1:${registry.port}/app`, alice, never);
    const error = await errorOf(ask());
    assert.equal(error.kind, 'tls');
    assert.match(error.message, /^127\.0\.0\.1:\d+ cannot be trusted: unable to verify/);
    await mkdir(join(dir.path, `127.0.0.1:${registry.port}`));
    await writeFile(join(dir.path, `127.0.0.1:${registry.port}`, 'ca.crt'), await tlsFile('ca.crt'));
    assert.equal((await ask()).digest, digest);
    await client.close();
  });

  test('an insecure registry may have any certificate, or speak http; any other has to speak https', async () => {
    await using secure = await startSecure();
    await using plain = await RecordingServer.start();
    plain.answer(found);
    assert.equal(await head(secure), digest);
    assert.equal(await head(plain), digest);
    const error = await errorOf(head(plain, { insecure: nothingInsecure }));
    assert.equal(error.kind, 'tls');
    assert.match(error.message, /does not speak TLS/);
    assert.equal(plain.requests.length, 1);
  });

  test('a token server without TLS gets no credentials of a registry that has it', async () => {
    await using registry = await startSecure();
    await using tokens = await RecordingServer.start();
    await using dir = await tempDir();
    await mkdir(join(dir.path, `127.0.0.1:${registry.port}`));
    await writeFile(join(dir.path, `127.0.0.1:${registry.port}`, 'ca.crt'), await tlsFile('ca.crt'));
    registry.answer({ status: 401, headers: { 'www-authenticate': `Bearer realm="${tokens.url}/token"` } });
    const error = await errorOf(head(registry, { insecure: nothingInsecure, certificates: dir.path }));
    assert.match(error.message, /token server that is not https/);
    assert.equal(tokens.requests.length, 0);
  });
});

describe('a registry that does not answer', () => {
  test('nothing listens, and a broken connection, are unreachable', async () => {
    const registry = await RecordingServer.start();
    registry.answer({ drop: true });
    assert.equal((await errorOf(head(registry))).kind, 'unreachable');
    const { port } = registry;
    await registry[Symbol.asyncDispose]();
    const error = await errorOf(head({ port }));
    assert.equal(error.kind, 'unreachable');
    assert.match(error.message, /does not answer: .*ECONNREFUSED/);
  });

  test("one that hangs is given up; an abort is the caller's own", async () => {
    await using registry = await RecordingServer.start();
    const { promise, resolve } = Promise.withResolvers<void>();
    registry.answer({ hold: promise, ...found });
    const times = { connect: 100, answer: 100 };
    assert.equal((await errorOf(head(registry, { times }))).kind, 'unreachable');
    const stop = new AbortController();
    const asking = head(registry, {}, stop.signal);
    stop.abort(new Error('the job is over'));
    await assert.rejects(asking, /the job is over/);
    resolve();
  });
});
