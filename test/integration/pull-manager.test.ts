import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ImageAccess } from '../../agent/images/image-access.ts';
import { ImageResolver } from '../../agent/images/pull-image.ts';
import { PullManager } from '../../agent/images/pull-manager.ts';
import { RegistryClient } from '../../agent/images/registry/registry-client.ts';
import { RegistryCheck } from '../../agent/images/registry-check.ts';
import type { ImageUse, PullPolicy } from '../../agent/spec/job-spec.ts';
import { engineClient } from '../support/engine-job.ts';
import { imageAccess } from '../support/image-access.ts';
import { trafficOf } from '../support/registry/access-log.ts';
import { type Account, randomAccount } from '../support/registry/accounts.ts';
import { startFaultProxy } from '../support/registry/fault-proxy.ts';
import { pushImage } from '../support/registry/registry-image.ts';
import { needsRegistry } from '../support/registry/registry-tools.ts';
import { startRegistry } from '../support/registry/start-registry.ts';

const NO_LAYERS = { manifestGets: 0, blobs: 0 };

const use = (reference: string, ...pullPolicies: PullPolicy[]): ImageUse => ({
  reference,
  pullPolicies,
  platform: undefined,
  entrypoint: undefined,
  user: undefined,
});

/** What all jobs of one agent share, on the real engine; each `job()` is one of them. */
function agent(changes: Partial<ImageAccess> = {}) {
  const shared = { pulls: new PullManager(), check: new RegistryCheck(new RegistryClient()) };
  return (account?: Account, key = '') => {
    const lines: string[] = [];
    const candidates = account === undefined ? [] : [{ ...account, source: '$TEST', key }];
    const access = imageAccess({ ...shared, credentials: { candidates: async () => candidates }, ...changes });
    const log = { line: (text: string) => lines.push(text), warning: (text: string) => lines.push(`! ${text}`) };
    const { signal } = new AbortController();
    return { lines, resolver: new ImageResolver({ docker: engineClient(), access, log, signal }) };
  };
}

const difference = <K extends string>(after: Record<K, number>, before: Record<K, number>, ...keys: K[]): object =>
  Object.fromEntries(keys.map((key) => [key, after[key] - before[key]]));

describe('pulling from real registries', { skip: needsRegistry() }, () => {
  test('20 jobs that want the same uncached image are one pull', async () => {
    const account = randomAccount('alice');
    await using registry = await startRegistry({ accounts: [account] });
    await using image = await pushImage({ host: registry.host, account }, 3_000_000);
    const before = trafficOf(await registry.requests(), image.repository);
    const job = agent();
    const jobs = Array.from({ length: 20 }, () => job(account));
    await Promise.all(jobs.map(({ resolver }) => resolver.resolve(use(image.name, 'if-not-present'))));
    const after = trafficOf(await registry.requests(), image.repository);
    assert.deepEqual(difference(after, before, 'manifestGets'), { manifestGets: 1 });
    // its configuration, its own layer and, where the engine does not know it by its digest, that of busybox
    assert.ok(after.blobs - before.blobs <= 3, String(after.blobs));
    const lines = jobs[0]?.lines ?? [];
    assert.ok(lines.includes('Authenticating with credentials from $TEST'));
    assert.match(lines.at(-1) ?? '', new RegExp(`^Using docker image .* with digest .*@${image.digest} ...$`));
  });

  test('always with an unchanged digest: a HEAD and nothing else', async () => {
    const account = randomAccount('alice');
    await using registry = await startRegistry({ accounts: [account] });
    await using image = await pushImage({ host: registry.host, account });
    const job = agent();
    await job(account).resolver.resolve(use(image.name, 'always'));
    const before = trafficOf(await registry.requests(), image.repository);
    const begin = performance.now();
    await job(account).resolver.resolve(use(image.name, 'always'));
    const took = performance.now() - begin;
    const after = trafficOf(await registry.requests(), image.repository);
    assert.deepEqual(difference(after, before, 'manifestHeads', 'manifestGets', 'blobs'), {
      manifestHeads: 1,
      ...NO_LAYERS,
    });
    assert.ok(took < 500, `${took} ms`);
  });

  test('a private image that another job brought is not given to one that may not have it', async () => {
    const account = randomAccount('alice');
    await using registry = await startRegistry({ accounts: [account] });
    await using image = await pushImage({ host: registry.host, account });
    const job = agent();
    await job(account).resolver.resolve(use(image.name, 'if-not-present'));
    await job(account).resolver.resolve(use(image.name, 'if-not-present'));
    await assert.rejects(job().resolver.resolve(use(image.name, 'if-not-present')), {
      reason: 'runner_configuration_error',
    });
    const wrong = job({ ...account, password: 'wrong' });
    await assert.rejects(wrong.resolver.resolve(use(image.name, 'if-not-present')));
    await registry.stop();
    const away = job();
    await away.resolver.resolve(use(image.name, 'if-not-present'));
    assert.match(away.lines.join('\n'), /its registry cannot be asked/);
  });

  test('429 for a while, 502 for a while, then the image', async () => {
    await using registry = await startRegistry();
    await using proxy = await startFaultProxy(registry.url);
    await using image = await pushImage({ host: registry.host });
    const manifests = /\/manifests\//;
    const fault = { kind: 'status', status: 429, headers: { 'retry-after': '1' } } as const;
    proxy.add({ path: manifests, milliseconds: 2000, fault });
    proxy.add({ path: manifests, milliseconds: 2000, fault: { kind: 'status', status: 502 } });
    const { lines, resolver } = agent()();
    await resolver.resolve(use(image.at(proxy.host), 'always'));
    assert.match(lines.join('\n'), /trying again in/);
  });

  test('the mirror serves, under the name that was asked for; without it the origin does', async () => {
    await using origin = await startRegistry();
    await using mirror = await startRegistry();
    await using image = await pushImage({ host: mirror.host });
    const mirrors = [{ registry: origin.host, url: mirror.url }];
    const { resolver } = agent({ mirrors })();
    const found = await resolver.resolve(use(image.at(origin.host), 'always'));
    assert.deepEqual([found.reference, found.digest], [image.at(origin.host), image.digest]);
    assert.deepEqual(trafficOf(await origin.requests(), image.repository), { manifestHeads: 0, ...NO_LAYERS });
    await using other = await pushImage({ host: origin.host });
    const second = agent({ mirrors })();
    await second.resolver.resolve(use(other.name, 'always'));
    assert.match(second.lines.join('\n'), /Mirror .* did not serve/);
  });

  test('a mirror cannot give another image for a digest', async () => {
    await using registry = await startRegistry();
    await using image = await pushImage({ host: registry.host });
    const asked = `${registry.host}/${image.repository}@sha256:${'0'.repeat(64)}`;
    await assert.rejects(agent()().resolver.resolve(use(asked, 'always')), { reason: 'runner_configuration_error' });
  });
});
