import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ImageUse } from '../../../../../agent/spec/job-spec.ts';
import { accepted, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';

const image = (given: unknown, docker: object = {}): ImageUse =>
  accepted({ docker: { ...docker }, payload: { image: given } }).spec.image;

describe('buildImage', () => {
  test("the job's, expanded", () => {
    const payload = { image: { name: 'img:$V' }, variables: [variable('V', '3')] };
    assert.equal(accepted({ payload }).spec.image.reference, 'img:3');
  });

  for (const given of [undefined, null, { name: '' }])
    test(`${JSON.stringify(given)}: the runner's`, () => {
      assert.equal(image(given, { image: 'alpine:3' }).reference, 'alpine:3');
    });

  test('no image at all is a mistake of the configuration', () => {
    assert.throws(() => image(undefined), {
      name: 'JobFailure',
      reason: 'runner_configuration_error',
      message: /names no image/,
    });
    assert.throws(() => image({ name: '$UNDEFINED' }), { name: 'JobFailure', reason: 'runner_configuration_error' });
  });

  test('CI_JOB_IMAGE says what is used', () => {
    const { spec } = accepted({ docker: { image: 'alpine:3' }, payload: { image: undefined } });
    assert.equal(spec.environment.find(({ key }) => key === 'CI_JOB_IMAGE')?.value, 'alpine:3');
    const variables = [variable('BASE', 'al$REST'), variable('REST', 'pine')];
    const expanded = accepted({ payload: { image: { name: '$BASE:3' }, variables } }).spec;
    assert.equal(expanded.environment.find(({ key }) => key === 'CI_JOB_IMAGE')?.value, 'alpine:3');
  });

  test('user and platform', () => {
    const use = image({ name: 'x', executor_opts: { docker: { user: 'squid', platform: 'arm64' } } });
    assert.deepEqual([use.user, use.platform], ['squid', 'linux/arm64']);
    assert.equal(
      image({ name: 'x', executor_opts: { docker: { platform: 'linux/arm/v7' } } }).platform,
      'linux/arm/v7',
    );
    assert.deepEqual([image({ name: 'x' }).user, image({ name: 'x' }).platform], [undefined, undefined]);
  });

  test('the user of the configuration wins', () => {
    assert.equal(image({ name: 'x', executor_opts: { docker: { user: 'root' } } }, { user: 'app' }).user, 'app');
  });
});

describe('entrypoint', () => {
  test('words as they are, [""] clears, [] and nothing leave it', () => {
    assert.deepEqual(image({ name: 'x', entrypoint: ['$A', 'b c'] }).entrypoint, ['$A', 'b c']);
    assert.deepEqual(image({ name: 'x', entrypoint: [''] }).entrypoint, ['']);
    assert.equal(image({ name: 'x', entrypoint: [] }).entrypoint, undefined);
    assert.equal(image({ name: 'x' }).entrypoint, undefined);
  });

  test('disable_entrypoint_overwrite is said for image and services', () => {
    const given = { name: 'x', entrypoint: [''] };
    const { spec, warnings } = accepted({
      docker: { disable_entrypoint_overwrite: true },
      payload: { image: given, services: [{ ...given, name: 'y' }, { name: 'z' }] },
    });
    assert.equal(spec.image.entrypoint, undefined);
    assert.equal(spec.services[0]?.image.entrypoint, undefined);
    assert.deepEqual(
      warnings.map((text) => /^Entrypoint override disabled.*"(.)"/.exec(text)?.[1]),
      ['x', 'y'],
    );
  });
});

describe('pull policies', () => {
  const policies = (asked: string[] | undefined, docker: object): readonly string[] =>
    image({ name: 'x', pull_policy: asked }, { pull_policy: [], ...docker }).pullPolicies;

  test('always unless something is said', () => assert.deepEqual(policies(undefined, {}), ['always']));
  test("the runner's, in its order", () =>
    assert.deepEqual(policies(undefined, { pull_policy: ['always', 'if-not-present'] }), ['always', 'if-not-present']));
  test("the job's, in its order, as far as allowed", () => {
    const docker = { allowed_pull_policies: ['if-not-present', 'always'] };
    assert.deepEqual(policies(['never', 'always', 'if-not-present'], docker), ['always', 'if-not-present']);
  });

  const refused: readonly (readonly [string[] | undefined, object, RegExp])[] = [
    [undefined, { allowed_pull_policies: ['if-not-present'] }, /always.*Runner config \(default\).*"x"/],
    [undefined, { allowed_pull_policies: ['if-not-present'], pull_policy: 'never' }, /never.*Runner config.*"x"/],
    [['always'], { allowed_pull_policies: ['if-not-present'] }, /always.*GitLab pipeline config.*"x"/],
    [['if-not-present'], {}, /if-not-present.*GitLab pipeline config.*always/],
    [['sometimes'], {}, /"sometimes": expected always, if-not-present, never/],
    [undefined, { pull_policy: 'Always' }, /"Always": expected/],
    [undefined, { allowed_pull_policies: ['alway'] }, /"alway": expected/],
  ];
  for (const [asked, docker, message] of refused)
    test(`${JSON.stringify(asked)} on ${JSON.stringify(docker)} is refused`, () =>
      assert.throws(() => policies(asked, docker), {
        name: 'JobFailure',
        reason: 'runner_configuration_error',
        message,
      }));
});

describe('helperImage', () => {
  const helper = (changes: JobChanges): ImageUse => accepted(changes).spec.helperImage;

  test('pinned by default, and pulled only when it is missing', () => {
    const { reference, pullPolicies } = helper({ docker: { helper_image: '', pull_policy: 'always' } });
    assert.match(reference, /^alpine\/git:v\d+\.\d+\.\d+$/);
    assert.deepEqual(pullPolicies, ['if-not-present']);
  });

  test("the runner's is expanded and follows its policy", () => {
    const use = helper({
      docker: { helper_image: 'git:$V', pull_policy: ['never'] },
      payload: { variables: [variable('V', '2')] },
    });
    assert.deepEqual([use.reference, use.pullPolicies], ['git:2', ['never']]);
  });

  test('nothing that the job says about its image reaches it', () => {
    const asked = { name: 'x', entrypoint: ['evil'], executor_opts: { docker: { user: 'u', platform: 'arm64' } } };
    const use = helper({ payload: { image: asked } });
    assert.deepEqual([use.entrypoint, use.user, use.platform], [undefined, undefined, undefined]);
  });
});

describe('what a runner lets its jobs use', () => {
  const docker = { image: 'base:1', allowed_images: ['team/*:*', '!team/old:*'], allowed_services: ['redis:*'] };
  const job = (name: string, services: readonly object[] = []): (() => object) => {
    const variables = [variable('IMG', 'team/app:2')];
    return () => accepted({ docker, payload: { image: { name }, services, variables } });
  };

  test('images on the list, expanded, and the configured one', () => {
    for (const name of ['team/app:1', '$IMG', 'base:1', '']) assert.doesNotThrow(job(name), name);
  });

  test('others are refused with the list, and so are services', () => {
    const reason = 'runner_system_failure';
    assert.throws(job('other:1'), { reason, message: /allowed images:\n- team\/\*:\*\n- !team\/old:\*$/ });
    assert.throws(job('team/old:1'), { reason });
    assert.throws(job('base:1', [{ name: 'mysql:8' }]), { reason, message: /allowed services:\n- redis:\*$/ });
    assert.doesNotThrow(job('base:1', [{ name: 'redis:7' }]));
  });

  test("only what the configuration names by itself is every job's to use", () => {
    const configured = (own: string, name: string): boolean | undefined =>
      accepted({ docker: { image: own }, payload: { image: { name }, variables: [variable('IMG', 'secret:1')] } }).spec
        .image.configured;
    assert.equal(configured('base:1', ''), true);
    assert.equal(configured('base:1', 'base:1'), true);
    assert.equal(configured('base:1', 'other:1'), false);
    assert.equal(configured('$IMG', ''), false);
  });
});

describe('allowed_users', () => {
  const as = (user: string): object => ({ name: 'busybox', executor_opts: { docker: { user } } });
  const allowed = { allowed_users: ['app', '1500:1600'] };
  const refused = { name: 'JobFailure', reason: 'runner_system_failure', message: /"root" .*: app, 1500:1600$/ };

  test('listed ones, and nobody said', () => {
    for (const user of ['app', '1500:1600']) assert.equal(image(as(user), allowed).user, user);
    assert.equal(image({ name: 'busybox' }, allowed).user, undefined);
  });
  test('others end the job, whatever variable they came out of', () => {
    assert.throws(() => image(as('root'), allowed), refused);
    const payload = { image: as('$U'), variables: [variable('U', 'root')] };
    assert.throws(() => accepted({ docker: allowed, payload }), refused);
    assert.throws(() => image(as('1500'), allowed), { name: 'JobFailure' });
  });
  test('those of services, too', () => {
    const payload = { services: [as('root')] };
    assert.throws(() => accepted({ docker: allowed, payload }), refused);
  });
  test("the runner's own user is not asked about", () =>
    assert.equal(image(as('root'), { ...allowed, user: 'other' }).user, 'other'));
});
