import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StopError } from '../../../../agent/common/errors/stop-error.ts';
import type { DockerClient, ImageDetails, PullRequest } from '../../../../agent/docker/docker-client.ts';
import { DockerError, EngineUnreachableError } from '../../../../agent/docker/docker-error.ts';
import { ImageResolver } from '../../../../agent/images/pull-image.ts';
import type { ImageUse } from '../../../../agent/spec/job-spec.ts';
import { PullManager } from '../../../../agent/images/pull-manager.ts';
import { imageAccess } from '../../../support/image-access.ts';
import { RushingClock } from '../../../support/rushing-clock.ts';
import { fakeDocker, imageDetails, notFound } from '../../../support/fake-docker-client.ts';

const ID = `sha256:${'b'.repeat(64)}`;

/** An engine with local images and a registry; the calls are kept in order. */
interface World {
  readonly local?: Record<string, Partial<ImageDetails>>;
  readonly registry?: Record<string, Error | true>;
  readonly clock?: RushingClock;
  readonly access?: Parameters<typeof imageAccess>[0];
}

function engine(world: World) {
  const calls: string[] = [];
  const local = new Map(Object.entries(world.local ?? {}));
  const docker: Partial<DockerClient> = {
    inspectImage: async (reference) => {
      calls.push(`inspect ${reference}`);
      const image = local.get(reference);
      if (image === undefined) throw notFound();
      return imageDetails(image);
    },
    pullImage: async (request: PullRequest) => {
      calls.push(`pull ${request.reference}${request.platform === undefined ? '' : ` ${request.platform}`}`);
      const answer = world.registry?.[request.reference] ?? notFound(`manifest for ${request.reference} not found`);
      if (answer !== true) throw answer;
      const [, architecture = 'amd64'] = (request.platform ?? 'linux/amd64').split('/');
      local.set(request.reference.replace(/:latest$/, ''), { architecture });
    },
  };
  const lines: string[] = [];
  const controller = new AbortController();
  const log = {
    line: (text: string) => void lines.push(text),
    warning: (text: string) => void lines.push(`! ${text}`),
  };
  const pulls = new PullManager({ clock: world.clock ?? new RushingClock() });
  const access = imageAccess({ pulls, ...world.access });
  const resolver = new ImageResolver({ docker: fakeDocker(docker), access, log, signal: controller.signal });
  return { calls, lines, resolver, controller };
}

const use = (reference: string, ...pullPolicies: ImageUse['pullPolicies']): ImageUse => ({
  reference,
  pullPolicies,
  platform: undefined,
  entrypoint: undefined,
  user: undefined,
});

describe('ImageResolver: policies', () => {
  test('always pulls what is there', async () => {
    const { resolver, calls } = engine({ local: { x: {} }, registry: { 'x:latest': true } });
    assert.equal((await resolver.resolve(use('x', 'always'))).reference, 'x');
    assert.deepEqual(calls, ['inspect x', 'pull x:latest', 'inspect x']);
  });

  test('if-not-present does not', async () => {
    const { resolver, calls, lines } = engine({
      local: { x: { id: ID, digests: [`x@${ID}`] } },
      access: { verify: false },
    });
    await resolver.resolve(use('x', 'if-not-present'));
    assert.deepEqual(calls, ['inspect x']);
    assert.deepEqual(lines, [
      'Using effective pull policy of [if-not-present] for container x',
      'Using locally found image version due to "if-not-present" pull policy',
      `Using docker image ${ID} for x with digest x@${ID} ...`,
    ]);
  });

  test('if-not-present pulls what is missing', async () => {
    const { resolver, calls, lines } = engine({ registry: { 'x:1': true } });
    await resolver.resolve(use('x:1', 'if-not-present'));
    assert.deepEqual(calls, ['inspect x:1', 'pull x:1', 'inspect x:1']);
    assert.equal(lines[1], 'Pulling docker image x:1 ...');
  });

  test('never pulls nothing', async () => {
    const { resolver, calls } = engine({ local: { x: {} } });
    await resolver.resolve(use('x', 'never'));
    assert.deepEqual(calls, ['inspect x']);
  });

  test('an image id is looked for here, whatever the policy', async () => {
    const { resolver, calls } = engine({ local: { [ID]: {} } });
    await resolver.resolve(use(ID, 'always'));
    assert.deepEqual(calls, [`inspect ${ID}`]);
  });
});

describe('ImageResolver: fallback lists', () => {
  test('the next policy is tried, and the failure said', async () => {
    const registry = { 'x:latest': new DockerError('dial tcp: lookup reg: no such host', 500) };
    const { resolver, lines } = engine({ local: { x: {} }, registry });
    await resolver.resolve(use('x', 'always', 'if-not-present'));
    assert.ok(lines.includes('! Pull policy "always" did not bring x: dial tcp: lookup reg: no such host'));
  });

  test('the first that works ends it', async () => {
    const { resolver, calls } = engine({ local: { x: {} } });
    await resolver.resolve(use('x', 'if-not-present', 'always'));
    assert.deepEqual(calls, ['inspect x']);
  });

  test('none works: all policies and the last answer are named', async () => {
    const { resolver } = engine({});
    await assert.rejects(resolver.resolve(use('x', 'never', 'always')), {
      name: 'JobFailure',
      message: 'failed to pull image "x" with specified policies [never always]: manifest for x:latest not found',
    });
  });
});

describe('ImageResolver: the memo', () => {
  test('concurrent askers share one pull', async () => {
    const { resolver, calls } = engine({ registry: { 'x:latest': true } });
    await Promise.all([1, 2, 3].map(() => resolver.resolve(use('x', 'always'))));
    assert.equal(calls.filter((call) => call.startsWith('pull')).length, 1);
  });

  test('another platform is another image', async () => {
    const { resolver, calls } = engine({ registry: { 'x:latest': true } });
    await resolver.resolve(use('x', 'always'));
    await resolver.resolve({ ...use('x', 'always'), platform: 'linux/arm64' });
    assert.deepEqual(
      calls.filter((call) => call.startsWith('pull')),
      ['pull x:latest', 'pull x:latest linux/arm64'],
    );
  });

  test('a failure is remembered too', async () => {
    const { resolver, calls } = engine({});
    for (const _ of [1, 2]) await assert.rejects(resolver.resolve(use('x', 'always')));
    assert.deepEqual(calls, ['inspect x', 'pull x:latest']);
  });
});

describe('ImageResolver: platforms', () => {
  test('a local image of another platform is not taken', async () => {
    const { resolver, calls } = engine({ local: { x: { architecture: 'arm64' } }, registry: { 'x:latest': true } });
    await resolver.resolve({ ...use('x', 'if-not-present'), platform: 'linux/amd64' });
    assert.deepEqual(calls, ['inspect x', 'pull x:latest linux/amd64', 'inspect x']);
  });

  test('a variant does not count', async () => {
    const { resolver, calls } = engine({ local: { x: { architecture: 'arm64' } } });
    await resolver.resolve({ ...use('x', 'if-not-present'), platform: 'linux/arm64/v8' });
    assert.deepEqual(calls, ['inspect x']);
  });
});

describe('ImageResolver: failures', () => {
  const classified: readonly (readonly [message: string, reason: string])[] = [
    ['pull access denied for x, repository does not exist or may require docker login', 'runner_configuration_error'],
    ['manifest for x:9 not found: manifest unknown', 'runner_configuration_error'],
    ['unauthorized: authentication required', 'runner_configuration_error'],
    ['invalid reference format', 'runner_configuration_error'],
    ['Get "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection refused', 'runner_external_dependency_failure'],
    ['Get "https://r/v2/": dial tcp: lookup r: no such host', 'runner_external_dependency_failure'],
    ['Get "https://r/v2/": net/http: TLS handshake timeout', 'runner_external_dependency_failure'],
    ['read tcp 1.2.3.4:5: read: connection reset by peer', 'runner_external_dependency_failure'],
    ['unexpected EOF', 'runner_external_dependency_failure'],
    ['failed to register layer: no space left on device', 'image_pull_failure'],
    ['toomanyrequests: You have reached your pull rate limit', 'image_pull_failure'],
  ];
  for (const [message, reason] of classified)
    test(message, async () => {
      const { resolver } = engine({ registry: { 'x:9': new DockerError(message, 500) } });
      await assert.rejects(resolver.resolve(use('x:9', 'always')), (error: Error) => {
        assert.deepEqual([error.name, Reflect.get(error, 'reason')], ['JobFailure', reason]);
        assert.equal(error.message, `failed to pull image "x:9" with specified policies [always]: ${message}`);
        return true;
      });
    });

  test('never and missing', async () => {
    await assert.rejects(engine({}).resolver.resolve(use('x', 'never')), {
      reason: 'runner_system_failure',
      message: 'image "x" is not on this host and the pull policy "never" forbids to pull it',
    });
  });

  test('no reference at all: the engine is not asked', async () => {
    const { resolver, calls } = engine({});
    await assert.rejects(resolver.resolve(use('Not/Valid:$x', 'always')), { reason: 'runner_configuration_error' });
    assert.deepEqual(calls, []);
  });

  test("an engine that is away is not the image's fault, and no other policy is tried", async () => {
    const away = new EngineUnreachableError('unix:///x', 'ECONNREFUSED');
    const { resolver, calls } = engine({ registry: { 'x:latest': away } });
    await assert.rejects(resolver.resolve(use('x', 'always', 'never')), away);
    assert.deepEqual(calls, ['inspect x', 'pull x:latest']);
  });

  test('a stop during the pull is reported as the stop', async () => {
    const { resolver, controller } = engine({ registry: { 'x:latest': new StopError('cancel') } });
    controller.abort(new StopError('cancel'));
    await assert.rejects(resolver.resolve(use('x', 'always')), StopError);
  });
});
