import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Credential } from '../../../../../agent/images/auth/credential.ts';
import { RegistryClient } from '../../../../../agent/images/registry/registry-client.ts';
import { isRegistryError, type RegistryError } from '../../../../../agent/images/registry/registry-error.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { json, RecordingServer, type Answer } from '../../../../support/recording-server.ts';

const never = new AbortController().signal;
const digest = `sha256:${'1'.repeat(64)}`;
const index = 'application/vnd.oci.image.index.v1+json';
const found: Answer = { status: 200, headers: { 'docker-content-digest': digest, 'content-type': `${index}; x=y` } };
const basic: Answer = { status: 401, headers: { 'www-authenticate': 'Basic realm="Registry"' } };
const alice: Credential = { username: 'alice', password: 's3cret', source: '$DOCKER_AUTH_CONFIG', key: 'registry' };
const asAlice = `Basic ${Buffer.from('alice:s3cret').toString('base64')}`;

const bearer = (server: RecordingServer): Answer => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="${server.url}/token",service="svc",scope="repository:x:push"` },
});

interface Registry extends AsyncDisposable {
  readonly server: RecordingServer;
  readonly client: RegistryClient;
  readonly clock: ManualClock;
  /** `127.0.0.1:port` */
  readonly host: string;
  head(reference: string, credential?: Credential): ReturnType<RegistryClient['headManifest']>;
}

async function start(...answers: readonly Answer[]): Promise<Registry> {
  const server = await RecordingServer.start();
  const clock = new ManualClock();
  const client = new RegistryClient({ clock, env: {}, certificates: '/nonexistent' });
  if (answers.length > 0) server.answer(...answers);
  const host = `127.0.0.1:${server.port}`;
  return {
    server,
    client,
    clock,
    host,
    head: (reference, credential) => client.headManifest(`${host}/${reference}`, credential, never),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function errorOf(promise: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (isRegistryError(error)) return error;
  throw error;
}

describe('the question for a manifest', () => {
  test('is a HEAD by tag or digest that takes all four kinds of manifest', async () => {
    await using registry = await start(found);
    assert.deepEqual(await registry.head('group/app:1'), { digest, mediaType: index });
    await registry.head(`app@${digest}`);
    await registry.head(`app:2@${digest}`);
    const asked = registry.server.requests.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(asked, [
      'HEAD /v2/group/app/manifests/1',
      `HEAD /v2/app/manifests/${digest}`,
      `HEAD /v2/app/manifests/${digest}`,
    ]);
    const { accept, authorization } = registry.server.requests[0]?.headers ?? {};
    assert.match(String(accept), /oci\.image\.index.*manifest\.list.*oci\.image\.manifest.*distribution\.manifest\.v2/);
    assert.equal(authorization, undefined);
  });

  test('is followed by a GET when the answer has no digest', async () => {
    await using registry = await start({ status: 200 }, { status: 200, body: 'hello' });
    const { digest: computed } = await registry.head('app');
    assert.equal(computed, 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    assert.equal(registry.server.requests[1]?.method, 'GET');
  });
});

describe('credentials', () => {
  test('are sent by Basic when asked for, and at once the next time', async () => {
    await using registry = await start(basic, found);
    await registry.head('app', alice);
    await registry.head('app', alice);
    const sent = registry.server.requests.map(({ headers }) => headers.authorization);
    assert.deepEqual(sent, [undefined, asAlice, asAlice]);
  });

  test('buy a token for this repository to pull, which is kept until it expires', async () => {
    await using registry = await start();
    const token = json(200, { token: 'tok', expires_in: 100 });
    registry.server.answer(bearer(registry.server), token, found, found, bearer(registry.server), token, found);
    await registry.head('group/app', alice);
    await registry.head('group/app:other', alice);
    const [, bought, first, second] = registry.server.requests;
    assert.equal(bought?.path, '/token?service=svc&scope=repository%3Agroup%2Fapp%3Apull&account=alice');
    assert.equal(bought?.headers.authorization, asAlice);
    assert.deepEqual([first?.headers.authorization, second?.headers.authorization], ['Bearer tok', 'Bearer tok']);
    await registry.clock.advance(91_000);
    await registry.head('group/app', alice);
    assert.equal(registry.server.requests[4]?.headers.authorization, undefined);
    assert.equal(registry.server.requests.length, 7);
  });

  test('of one job are not used for another, nor for another repository', async () => {
    await using registry = await start();
    const wanted = bearer(registry.server);
    const token = json(200, { access_token: 'tok', expires_in: 100 });
    registry.server.answer(wanted, token, found, wanted, token, found, wanted, token, found, wanted);
    await registry.head('app', alice);
    await registry.head('app', { ...alice, password: 'other' });
    await registry.head('app2', alice);
    assert.equal(registry.server.requests.length, 9);
    assert.equal((await errorOf(registry.head('app'))).kind, 'unauthorized');
    assert.equal(registry.server.requests[9]?.headers.authorization, undefined);
  });

  test('that are an identity token go as a refresh token in the body of a POST', async () => {
    await using registry = await start();
    registry.server.answer(bearer(registry.server), json(200, { access_token: 'tok' }), found);
    await registry.head('app', { ...alice, username: '<token>', password: '', identityToken: 'idtok' });
    const { method, path, body, headers } = registry.server.requests[1] ?? {};
    assert.deepEqual([method, path, headers?.authorization], ['POST', '/token', undefined]);
    const form = Object.fromEntries(new URLSearchParams(body));
    const scope = 'repository:app:pull';
    const grant = { grant_type: 'refresh_token', refresh_token: 'idtok' };
    assert.deepEqual(form, { ...grant, client_id: 'dockworker', service: 'svc', scope });
  });

  test('are not needed for an anonymous token', async () => {
    await using registry = await start();
    registry.server.answer(bearer(registry.server), json(200, { token: 'anon' }), found);
    await registry.head('app');
    assert.equal(registry.server.requests[1]?.headers.authorization, undefined);
    assert.equal(registry.server.requests[2]?.headers.authorization, 'Bearer anon');
  });

  test('a token that has stopped to work is bought anew, once', async () => {
    await using registry = await start();
    const wanted = bearer(registry.server);
    const token = json(200, { token: 'tok', expires_in: 3600 });
    registry.server.answer(wanted, token, found, wanted, token, wanted);
    await registry.head('app', alice);
    assert.equal((await errorOf(registry.head('app', alice))).kind, 'unauthorized');
    assert.equal(registry.server.requests.length, 6);
  });
});

describe('what an answer means', () => {
  for (const [status, kind, words] of [
    [401, 'unauthorized', /does not accept the credentials of \$DOCKER_AUTH_CONFIG for app \(401\)/],
    [403, 'denied', /denies access to app with the credentials of \$DOCKER_AUTH_CONFIG \(403\)/],
    [404, 'not-found', /has no image app:1 \(404\)/],
    [429, 'rate-limited', /too many requests .*\(429\), and asks to wait 20s/],
    [502, 'server', /no usable answer for app \(502\)/],
  ] as const) {
    test(`${status} is ${kind}`, async () => {
      await using registry = await start({ status, headers: status === 429 ? { 'retry-after': '20' } : {} });
      const error = await errorOf(registry.head('app:1', alice));
      assert.deepEqual([error.kind, error.status, error.registry], [kind, status, registry.host]);
      assert.match(error.message, words);
      assert.equal(error.retryAfterMs, status === 429 ? 20_000 : undefined);
    });

    test(`${status} of the token server is told as such, without a secret`, async () => {
      await using registry = await start();
      registry.server.answer(bearer(registry.server), { status, body: 'alice:s3cret' });
      const error = await errorOf(registry.head('app:1', alice));
      assert.deepEqual([error.kind, error.status], [status === 404 ? 'server' : kind, status]);
      assert.doesNotMatch(`${error.message} ${String(error.stack)}`, /s3cret|YWxpY2U/);
    });
  }

  test('a token server without a token, or with one that is none, is named', async () => {
    for (const body of ['{}', 'not json', '{"token":"a\\nb"}', '{"token":7}']) {
      await using registry = await start();
      registry.server.answer(bearer(registry.server), { status: 200, body });
      assert.match((await errorOf(registry.head('app'))).message, /token server of 127.* gave no token/);
    }
  });

  test('an identity token that is not known is unauthorized', async () => {
    await using registry = await start();
    registry.server.answer(bearer(registry.server), json(400, { error: 'invalid_grant' }));
    const error = await errorOf(registry.head('app', { ...alice, password: '', identityToken: 'idtok' }));
    assert.equal(error.kind, 'unauthorized');
  });
});
