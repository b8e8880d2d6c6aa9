import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docker } from '../support/engine.ts';
import { trafficOf } from '../support/registry/access-log.ts';
import { basicAuth, randomAccount } from '../support/registry/accounts.ts';
import { startFaultProxy } from '../support/registry/fault-proxy.ts';
import { dockerAs, pushAgain, pushImage, removeImages } from '../support/registry/registry-image.ts';
import { needsRegistry } from '../support/registry/registry-tools.ts';
import { startRegistry } from '../support/registry/start-registry.ts';
import { startTokenServer } from '../support/registry/token-server.ts';

/** What docker says when it fails. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => String(error),
  );

describe('the registries of the tests', { skip: needsRegistry() }, () => {
  test('with user and password: a pull with them, none without, and the log tells each request', async () => {
    const account = randomAccount('alice');
    await using registry = await startRegistry({ accounts: [account] });
    await using image = await pushImage({ host: registry.host, account });
    assert.match(await refusal(docker('pull', image.name)), /no basic auth credentials/);
    const wrong = basicAuth({ ...account, password: 'wrong' });
    const response = await fetch(`${registry.url}/v2/`, { headers: { authorization: `Basic ${wrong}` } });
    assert.equal(response.status, 401);
    const before = trafficOf(await registry.requests(), image.repository);
    await dockerAs({ [registry.host]: account }, 'pull', image.name);
    const after = trafficOf(await registry.requests(), image.repository);
    assert.equal(after.manifestGets - before.manifestGets, 1);
    assert.match(
      await docker('image', 'inspect', '--format', '{{.RepoDigests}}', image.name),
      new RegExp(image.digest),
    );
  });

  test('with tokens: the registry takes those that the token server signs, for what they grant', async () => {
    const [alice, bob] = [randomAccount('alice'), randomAccount('bob')];
    await using tokens = await startTokenServer({ accounts: [alice, bob], grants: { bob: ['other'] } });
    await using registry = await startRegistry({ tokens });
    await using image = await pushImage({ host: registry.host, account: alice });
    await dockerAs({ [registry.host]: alice }, 'pull', image.name);
    await removeImages(image.repository);
    const refused = dockerAs({ [registry.host]: bob }, 'pull', image.name);
    assert.match(await refusal(refused), /denied: requested access to the resource is denied/);
    assert.equal(tokens.requests.at(-1)?.user, 'bob');
    const stranger = basicAuth({ username: 'alice', password: 'wrong' });
    const response = await fetch(tokens.realm, { headers: { authorization: `Basic ${stranger}` } });
    assert.equal(response.status, 401);
  });

  test('an image that is pushed again has another digest', async () => {
    await using registry = await startRegistry();
    await using image = await pushImage({ host: registry.host });
    assert.notEqual(await pushAgain(image, { host: registry.host }), image.digest);
  });

  test('the proxy harms what its rules name, so often and so long, and lets the rest through', async () => {
    await using registry = await startRegistry();
    await using proxy = await startFaultProxy(registry.url);
    await using image = await pushImage({ host: registry.host }, 100_000);
    const limited = { kind: 'status', status: 429, headers: { 'retry-after': '1' } } as const;
    proxy.add({ path: /manifests/, fault: limited, count: 1 });
    const url = `${proxy.url}/v2/${image.repository}/manifests/1`;
    const headers = { accept: 'application/vnd.docker.distribution.manifest.v2+json' };
    const first = await fetch(url, { headers });
    assert.deepEqual([first.status, first.headers.get('retry-after')], [429, '1']);
    const second = await fetch(url, { headers });
    assert.equal(second.headers.get('docker-content-digest'), image.digest);
    const { layers } = (await second.json()) as { layers: { digest: string; size: number }[] };
    const layer = layers.at(-1) ?? assert.fail('no layer');
    proxy.add({ path: /blobs/, fault: { kind: 'truncate', bytes: 1000 }, count: 1 });
    const blob = `${proxy.url}/v2/${image.repository}/blobs/${layer.digest}`;
    await assert.rejects(fetch(blob).then((response) => response.arrayBuffer()));
    assert.equal((await (await fetch(blob)).arrayBuffer()).byteLength, layer.size);
    assert.deepEqual(
      proxy.seen.map(({ fault }) => fault),
      ['status', undefined, 'truncate', undefined],
    );
    assert.equal(trafficOf(await registry.requests(), image.repository).blobs, 2);
  });
});
