import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { architecture } from '../../../../agent/common/version.ts';
import { DockerError } from '../../../../agent/docker/docker-error.ts';
import type { ImageDetails, RegistryAuth } from '../../../../agent/docker/docker-client.ts';
import type { Credential } from '../../../../agent/images/auth/credential.ts';
import { PullManager } from '../../../../agent/images/pull-manager.ts';
import { ImageResolver } from '../../../../agent/images/pull-image.ts';
import { RegistryError, type RegistryErrorKind } from '../../../../agent/images/registry/registry-error.ts';
import type { ImageUse, PullPolicy } from '../../../../agent/spec/job-spec.ts';
import { fakeDocker, imageDetails, notFound } from '../../../support/fake-docker-client.ts';
import { imageAccess } from '../../../support/image-access.ts';
import { RushingClock } from '../../../support/rushing-clock.ts';

const IMAGE = 'reg.example:5000/team/app:1';
const DIGEST = `sha256:${'d'.repeat(64)}`;
const OTHER = `sha256:${'e'.repeat(64)}`;
const HERE = { architecture, digests: [`reg.example:5000/team/app@${DIGEST}`] };

interface World {
  readonly local?: Record<string, Partial<ImageDetails>>;
  /** Users that the registry lets in; `*`: everybody. Others get 401. */
  readonly lets?: readonly string[];
  readonly credentials?: readonly string[];
  readonly head?: RegistryErrorKind;
  readonly pull?: (reference: string) => Error | undefined;
  readonly verify?: boolean;
  readonly mirrors?: readonly { registry: string; url: string }[];
  readonly digest?: string;
}

const credential = (username: string): Credential => ({
  username,
  password: `secret-of-${username}`,
  source: `$SOURCE_OF_${username}`,
  key: 'reg.example:5000',
});

/** An engine and a registry; what they were asked is kept in order. */
function world(facts: World) {
  const calls: string[] = [];
  const lines: string[] = [];
  const local = new Map(Object.entries(facts.local ?? {}));
  const lets = (user = 'nobody'): boolean => (facts.lets ?? ['*']).some((name) => name === '*' || name === user);
  const docker = fakeDocker({
    inspectImage: async (reference) => {
      const found = local.get(reference);
      if (found === undefined) throw notFound();
      return imageDetails(found);
    },
    pullImage: async ({ reference, auth }: { reference: string; auth?: RegistryAuth | undefined }) => {
      calls.push(`pull ${reference} ${auth?.username ?? 'nobody'}`);
      const error = facts.pull?.(reference);
      if (error !== undefined) throw error;
      if (!lets(auth?.username)) throw new DockerError('unauthorized: authentication required', 500);
      local.set(reference, HERE);
    },
    tagImage: async (reference, repository, tag) => {
      calls.push(`tag ${reference} ${repository}:${tag}`);
      local.set(`${repository}:${tag}`, HERE);
    },
  });
  const registry = {
    headManifest: async (reference: string, given: Credential | undefined) => {
      calls.push(`head ${reference} ${given?.username ?? 'nobody'}`);
      if (facts.head !== undefined)
        throw new RegistryError(`registry says ${facts.head}`, { kind: facts.head, registry: 'reg.example:5000' });
      if (!lets(given?.username))
        throw new RegistryError('401 Unauthorized', { kind: 'unauthorized', registry: 'reg.example:5000' });
      return { digest: facts.digest ?? DIGEST };
    },
  };
  const access = imageAccess({
    registry,
    pulls: new PullManager({ clock: new RushingClock() }),
    credentials: { candidates: async () => (facts.credentials ?? []).map(credential) },
    verify: facts.verify ?? true,
    mirrors: facts.mirrors ?? [],
  });
  const log = { line: (text: string) => lines.push(text), warning: (text: string) => lines.push(`! ${text}`) };
  const resolver = (): ImageResolver =>
    new ImageResolver({ docker, access, log, signal: new AbortController().signal });
  return { calls, lines, resolver };
}

const use = (reference: string, ...pullPolicies: PullPolicy[]): ImageUse => ({
  reference,
  pullPolicies,
  platform: undefined,
  entrypoint: undefined,
  user: undefined,
});

describe('if-not-present and an image that is here', () => {
  test('the registry is asked with the credentials of this job, and nothing is pulled', async () => {
    const { calls, lines, resolver } = world({ local: { [IMAGE]: HERE }, lets: ['alice'], credentials: ['alice'] });
    const image = await resolver().resolve(use(IMAGE, 'if-not-present'));
    assert.deepEqual(calls, [`head ${IMAGE} alice`]);
    assert.equal(image.digest, DIGEST);
    assert.ok(lines.includes('Authenticating with credentials from $SOURCE_OF_alice'));
  });

  test('a job without the right does not get it', async () => {
    const { calls, resolver } = world({ local: { [IMAGE]: HERE }, lets: ['alice'] });
    await assert.rejects(resolver().resolve(use(IMAGE, 'if-not-present')), { reason: 'runner_configuration_error' });
    assert.deepEqual(calls, [`head ${IMAGE} nobody`, `pull ${IMAGE} nobody`]);
  });

  test('an image that was made here has no registry to ask', async () => {
    for (const digests of [[], [`elsewhere.example/team/app@${DIGEST}`]]) {
      const { calls, resolver } = world({ local: { [IMAGE]: { digests } }, lets: [] });
      await resolver().resolve(use(IMAGE, 'if-not-present'));
      assert.deepEqual(calls, []);
    }
  });

  test('the operator can turn it off', async () => {
    const { calls, resolver } = world({ local: { [IMAGE]: HERE }, lets: [], verify: false });
    await resolver().resolve(use(IMAGE, 'if-not-present'));
    assert.deepEqual(calls, []);
  });

  test('a public image is asked for once in a while, not for every job', async () => {
    const { calls, resolver } = world({ local: { [IMAGE]: HERE } });
    for (const _ of [1, 2, 3]) await resolver().resolve(use(IMAGE, 'if-not-present'));
    assert.deepEqual(calls, [`head ${IMAGE} nobody`]);
  });

  test('what one job may have, the next is asked for again', async () => {
    const { calls, resolver } = world({ local: { [IMAGE]: HERE }, lets: ['alice'], credentials: ['alice'] });
    for (const _ of [1, 2]) await resolver().resolve(use(IMAGE, 'if-not-present'));
    assert.equal(calls.length, 2);
  });

  test("the operator's own choice is for every job", async () => {
    const { calls, resolver } = world({ local: { [IMAGE]: HERE }, lets: [] });
    await resolver().resolve({ ...use(IMAGE, 'if-not-present'), configured: true });
    assert.deepEqual(calls, []);
  });

  test('a registry that does not answer is not asked for every job', async () => {
    const { calls, lines, resolver } = world({ local: { [IMAGE]: HERE }, head: 'unreachable' });
    for (const _ of [1, 2, 3]) await resolver().resolve(use(IMAGE, 'if-not-present'));
    assert.equal(calls.length, 1);
    assert.equal(lines.filter((line) => line.includes('cannot be asked')).length, 3);
  });

  for (const head of ['unreachable', 'server', 'rate-limited'] as const)
    test(`${head}: the image is used, and the log says why`, async () => {
      const { lines, resolver } = world({ local: { [IMAGE]: HERE }, head });
      await resolver().resolve(use(IMAGE, 'if-not-present'));
      assert.ok(lines.includes(`! ${IMAGE} is here, but its registry cannot be asked: registry says ${head}`));
    });
});

describe('always and an image that is here', () => {
  test('the same digest: one HEAD, no pull', async () => {
    const { calls, resolver } = world({ local: { [IMAGE]: HERE }, lets: ['alice'], credentials: ['alice'] });
    await resolver().resolve(use(IMAGE, 'always'));
    assert.deepEqual(calls, [`head ${IMAGE} alice`]);
  });

  test('another digest, another processor, or made here: it is pulled', async () => {
    for (const [here, head] of [
      [{ ...HERE, digests: [`reg.example:5000/team/app@${OTHER}`] }, true],
      [{ ...HERE, architecture: 's390x' }, false],
      [{ ...HERE, digests: [] }, false],
    ] as const) {
      const { calls, resolver } = world({ local: { [IMAGE]: here } });
      await resolver().resolve(use(IMAGE, 'always'));
      assert.deepEqual(calls, [...(head ? [`head ${IMAGE} nobody`] : []), `pull ${IMAGE} nobody`]);
    }
  });
});

describe('credentials', () => {
  test('the next ones that fit are tried once, and the log says so', async () => {
    const { calls, lines, resolver } = world({ lets: ['bob'], credentials: ['alice', 'bob'] });
    await resolver().resolve(use(IMAGE, 'always'));
    assert.deepEqual(calls, [`pull ${IMAGE} alice`, `pull ${IMAGE} bob`]);
    assert.deepEqual(lines.slice(2, 5), [
      'Authenticating with credentials from $SOURCE_OF_alice',
      '! The registry refused the credentials from $SOURCE_OF_alice: unauthorized: authentication required',
      'Authenticating with credentials from $SOURCE_OF_bob',
    ]);
    assert.ok(!lines.join('\n').includes('secret-of'));
  });

  test('none fits: the last answer fails the job', async () => {
    const { resolver } = world({ lets: [], credentials: ['alice', 'bob'] });
    await assert.rejects(resolver().resolve(use(IMAGE, 'always')), { reason: 'runner_configuration_error' });
  });

  test('an image that is not there is not asked for with other credentials', async () => {
    const { calls, resolver } = world({
      credentials: ['alice', 'bob'],
      pull: () => new DockerError('manifest unknown', 404),
    });
    await assert.rejects(resolver().resolve(use(IMAGE, 'always')));
    assert.equal(calls.length, 1);
  });
});

describe('mirrors', () => {
  const mirrors = [{ registry: 'reg.example:5000', url: 'https://mirror.example/cache' }];

  test('the mirror serves, and the image is tagged as asked', async () => {
    const { calls, resolver } = world({ mirrors });
    assert.equal((await resolver().resolve(use(IMAGE, 'always'))).reference, IMAGE);
    assert.deepEqual(calls, [
      'pull mirror.example/cache/team/app:1 nobody',
      `tag mirror.example/cache/team/app:1 reg.example:5000/team/app:1`,
    ]);
  });

  test('by digest: the mirror is asked for the digest, and nothing is tagged', async () => {
    const { calls, resolver } = world({ mirrors });
    await resolver().resolve(use(`reg.example:5000/team/app@${DIGEST}`, 'always'));
    assert.deepEqual(calls, [`pull mirror.example/cache/team/app@${DIGEST} nobody`]);
  });

  test('a mirror that is down or has it not: at once the origin', async () => {
    for (const text of ['dial tcp: connection refused', 'manifest unknown', 'received unexpected HTTP status: 502']) {
      const pull = (reference: string): Error | undefined =>
        reference.startsWith('mirror') ? new DockerError(text, 500) : undefined;
      const { calls, lines, resolver } = world({ mirrors, pull });
      await resolver().resolve(use(IMAGE, 'always'));
      assert.deepEqual(calls, ['pull mirror.example/cache/team/app:1 nobody', `pull ${IMAGE} nobody`]);
      assert.ok(lines.includes(`! Mirror mirror.example/cache did not serve ${IMAGE}: ${text}`));
    }
  });

  test('an image that came from the mirror is no image made here', async () => {
    const digests = [`mirror.example/cache/team/app@${DIGEST}`];
    const { calls, resolver } = world({ mirrors, local: { [IMAGE]: { digests } }, lets: [] });
    await assert.rejects(resolver().resolve(use(IMAGE, 'if-not-present')));
    assert.ok(calls.includes(`head ${IMAGE} nobody`));
  });
});
