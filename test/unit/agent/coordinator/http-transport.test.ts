import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { JobReply } from '../../../../agent/coordinator/coordinator.ts';
import { HttpCoordinator } from '../../../../agent/coordinator/http-coordinator.ts';
import type { TlsSettings } from '../../../../agent/coordinator/tls-options.ts';
import { HttpTransport } from '../../../../agent/coordinator/http-transport.ts';
import { runnerInfo } from '../../../../agent/coordinator/runner-info.ts';
import { RecordingServer } from '../../../support/recording-server.ts';

const pem = (name: string): string => join(import.meta.dirname, '../../../support/tls', name);
const job = { id: 42, token: 'glcbt-job' };

async function secureServer(demandClient = false): Promise<RecordingServer> {
  const [cert, key, ca] = await Promise.all(['server.crt', 'server.key', 'ca.crt'].map((name) => readFile(pem(name))));
  return RecordingServer.start({ cert, key, ca, requestCert: demandClient, rejectUnauthorized: demandClient });
}

async function temporaryDir(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'dockworker-tls-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const update = (url: string, tls: TlsSettings): Promise<JobReply> =>
  new HttpCoordinator({ url, tls, env: {} }).updateJob(job, { state: 'running' });

describe('TLS', () => {
  test('a certificate that nobody vouches for is no answer', async () => {
    await using server = await secureServer();
    const reply = await update(server.url, {});
    assert.equal(reply.status, -1);
    assert.deepEqual(server.requests, []);
  });

  test('tls-ca-file is trusted, another CA is not', async () => {
    await using server = await secureServer();
    assert.equal((await update(server.url, { caFile: pem('ca.crt') })).status, 204);
    assert.equal((await update(server.url, { caFile: pem('other-ca.crt') })).status, -1);
  });

  test('<host>.crt, <host>.auth.crt and <host>.auth.key beside the configuration are found', async () => {
    await using server = await secureServer(true);
    await using dir = await temporaryDir();
    await copyFile(pem('ca.crt'), join(dir.path, '127.0.0.1.crt'));
    assert.equal(
      (await update(server.url, { certDir: dir.path })).status,
      -1,
      'the server demands a client certificate',
    );
    await copyFile(pem('client.crt'), join(dir.path, '127.0.0.1.auth.crt'));
    await copyFile(pem('client.key'), join(dir.path, '127.0.0.1.auth.key'));
    assert.equal((await update(server.url, { certDir: dir.path })).status, 204);
  });

  test('a CA file that is replaced is in use from the next request on', async () => {
    await using server = await secureServer();
    await using dir = await temporaryDir();
    const caFile = join(dir.path, 'ca.pem');
    await copyFile(pem('other-ca.crt'), caFile);
    const coordinator = new HttpCoordinator({ url: server.url, tls: { caFile }, env: {} });
    assert.equal((await coordinator.updateJob(job, { state: 'running' })).status, -1);
    await copyFile(pem('ca.crt'), caFile);
    assert.equal((await coordinator.updateJob(job, { state: 'running' })).status, 204);
  });

  test('a named file that is not there makes the client unusable, by name', async () => {
    await using server = await secureServer();
    const coordinator = new HttpCoordinator({ url: server.url, tls: { caFile: '/nowhere/ca.pem' }, env: {} });
    const runner = { token: 'glrt-runner', systemId: 's_0123456789ab' };
    const offer = await coordinator.requestJob(runner, runnerInfo(), undefined, new AbortController().signal);
    assert.ok(offer.kind === 'error');
    assert.equal(offer.status, -100);
    assert.match(offer.message, /\/nowhere\/ca\.pem/);
  });

  test('requests that begin together share one set of connections', async () => {
    await using server = await secureServer();
    const coordinator = new HttpCoordinator({ url: server.url, tls: { caFile: pem('ca.crt') }, env: {} });
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => coordinator.updateJob(job, { state: 'running' })),
    );
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([204]));
  });
});

describe('proxies of the environment', () => {
  test('a plain request goes to http_proxy with its whole URL', async () => {
    await using proxy = await RecordingServer.start();
    const env = { http_proxy: proxy.url };
    const coordinator = new HttpCoordinator({ url: 'http://coordinator.invalid', env });
    assert.equal((await coordinator.updateJob(job, { state: 'running' })).status, 204);
    assert.equal(proxy.requests[0]?.path, 'http://coordinator.invalid/api/v4/jobs/42');
  });

  test('no_proxy and this machine itself go direct', async () => {
    await using proxy = await RecordingServer.start();
    await using server = await RecordingServer.start();
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: 'example.com,.invalid' };
    assert.equal(
      (await new HttpCoordinator({ url: server.url, env }).updateJob(job, { state: 'running' })).status,
      204,
    );
    const excepted = new HttpCoordinator({ url: 'http://coordinator.invalid', env });
    assert.equal((await excepted.updateJob(job, { state: 'running' })).status, -1);
    assert.deepEqual(proxy.requests, []);
    assert.equal(server.requests.length, 1);
  });
});

test('an answer longer than the bound is no answer', async () => {
  await using server = await RecordingServer.start();
  server.answer({ status: 200, body: 'x'.repeat(1024 * 1024 + 1) });
  const coordinator = new HttpCoordinator({ url: server.url, env: {} });
  const reply = await coordinator.updateJob(job, { state: 'running' });
  assert.equal(reply.status, -1);
  assert.match(reply.error?.message ?? '', /longer than 1048576 bytes/);
});

test('a connection older than connection_max_age is not used again', async () => {
  await using server = await RecordingServer.start();
  const coordinator = new HttpCoordinator({ url: server.url, connectionMaxAge: 1, env: {} });
  for (let call = 0; call < 3; call++) {
    assert.equal((await coordinator.updateJob(job, { state: 'running' })).status, 204);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(new Set(server.ports).size, 3);
});

describe('a coordinator that hangs', () => {
  test('a request ends when its time is over', async () => {
    await using server = await RecordingServer.start();
    const { promise: hold, resolve } = Promise.withResolvers<void>();
    server.answer({ hold });
    const transport = new HttpTransport({ env: {} });
    const url = new URL(server.url);
    const request = { method: 'PUT', url, headers: {}, body: '', maxReplyBytes: 100, timeLimit: 50 } as const;
    await assert.rejects(transport.send(request, undefined), /no whole answer within 0\.05 s/);
    resolve();
    await transport.close();
  });

  for (const [call, seconds] of [
    ['updateJob', 30],
    ['patchTrace', 60],
  ] as const)
    test(`${call} is given up after ${seconds} s`, async (t) => {
      await using server = await RecordingServer.start();
      const { promise: hold, resolve } = Promise.withResolvers<void>();
      server.answer({ hold });
      const coordinator = new HttpCoordinator({ url: server.url, env: {} });
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const reply =
        call === 'updateJob'
          ? coordinator.updateJob(job, { state: 'running' })
          : coordinator.patchTrace(job, Buffer.from('x'), 0, false);
      let over = false;
      void reply.then(() => (over = true));
      while (server.requests.length === 0) await new Promise((done) => setImmediate(done));
      t.mock.timers.tick(seconds * 1000 - 1);
      await new Promise((done) => setImmediate(done));
      assert.equal(over, false);
      t.mock.timers.tick(1);
      assert.equal((await reply).status, -1);
      resolve();
    });
});
