import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accepted, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';
import type { VolumeSpec } from '../../../../../agent/spec/job-spec.ts';

const CACHE_MD5 = '3c3f060a0374fc8bc39395164f415a70';
const BUILDS_MD5 = 'c33bcaa1fd2c77edfc3893b41966cea8';

const volumes = (texts: string[], changes: JobChanges = {}): readonly VolumeSpec[] =>
  accepted({ ...changes, docker: { volumes: texts, ...changes.docker } }).spec.volumes;
const first = (texts: string[], changes: JobChanges = {}): VolumeSpec => {
  const [volume] = volumes(texts, changes);
  assert.ok(volume !== undefined);
  return volume;
};
const nameOf = (volume: VolumeSpec | undefined): string => (volume?.kind === 'managed' ? volume.name : '');

describe('configuredVolumes: the grammar', () => {
  test('a path alone is a volume that is kept', () => {
    const volume = first(['/cache']);
    assert.match(nameOf(volume), new RegExp(`^runner-[0-9a-f]{32}-cache-${CACHE_MD5}$`));
    assert.deepEqual([volume.kind === 'managed' && volume.reusable, volume.destination], [true, '/cache']);
  });

  for (const [text, destination] of [
    ['/srv:/data', '/data'],
    ['/srv:/data:ro', '/data'],
    ['/srv:/data:rw,z', '/data'],
    ['named:/data:rslave', '/data'],
  ] as const)
    test(`${text} is a mount as written`, () => assert.deepEqual(first([text]), { kind: 'bind', text, destination }));

  test('the destination is normalized', () => {
    assert.equal(first(['/a//b/../c/']).destination, '/a/c');
    assert.deepEqual(first(['/srv:/a//b/:ro']), { kind: 'bind', text: '/srv:/a/b:ro', destination: '/a/b' });
  });

  test('only the destination is expanded', () => {
    const payload = { variables: [variable('D', 'deep')] };
    assert.equal(first(['/x/$D'], { payload }).destination, '/x/deep');
    assert.deepEqual(first(['/$D:/x/$D'], { payload }), { kind: 'bind', text: '/$D:/x/deep', destination: '/x/deep' });
  });

  for (const text of ['/', '//', '/x/..', '/srv:/', '/srv://', '/$GONE'])
    test(`${text} is refused: the root is no volume`, () =>
      assert.throws(() => volumes([text]), { name: 'JobFailure', reason: 'runner_system_failure' }));

  for (const text of ['cache', '', 'a:b', '/srv:', ':', 'x:$GONE'])
    test(`${JSON.stringify(text)} is refused: no absolute path`, () =>
      assert.throws(() => volumes([text]), {
        name: 'JobFailure',
        reason: 'runner_configuration_error',
        message: /^volumes = "/,
      }));

  for (const pair of [
    ['/cache', '/cache'],
    ['/cache', '/cache/'],
    ['/cache', '/srv:/cache:ro'],
    ['/x/$A', '/x/$B'],
  ])
    test(`${pair.join(' and ')} are duplicates`, () =>
      assert.throws(() => volumes(pair), {
        name: 'JobFailure',
        reason: 'runner_system_failure',
        message: /already defined/,
      }));

  test('a job cannot add options to a mount of the operator', () => {
    const payload = { variables: [variable('D', 'x:rw')] };
    assert.throws(() => volumes(['/srv:/data/$D:ro'], { payload }), { name: 'JobFailure' });
    assert.throws(() => volumes(['/srv:/data/$D'], { payload }), { name: 'JobFailure' });
  });
});

describe('configuredVolumes: which volume', () => {
  const key = (changes: JobChanges): string => nameOf(first(['/cache'], changes));

  test('the next job of this project and slot has the same one', () => {
    assert.equal(key({}), key({ payload: { id: 4712 } }));
  });

  for (const [what, changes] of [
    ['slot', { slot: { concurrentId: 3, projectSlot: 1 } }],
    ['project', { payload: { job_info: { name: 'j', stage: 's', project_id: 8 } } }],
    ['runner', { runner: { token: 'glrt-Other1234567' } }],
  ] as const)
    test(`another ${what} has another`, () => assert.notEqual(key({}), key(changes)));

  test('disable_cache: removed with the job', () => {
    const volume = first(['/cache'], { docker: { disable_cache: true } });
    assert.equal(volume.kind === 'managed' && volume.reusable, false);
    assert.match(nameOf(volume), new RegExp(`-project-7-concurrent-2-[0-9a-f]{16}-cache-${CACHE_MD5}$`));
  });

  test('cache_dir: a directory of the host', () => {
    const volume = first(['/cache'], { docker: { cache_dir: '/var/caches' } });
    assert.match(
      volume.kind === 'bind' ? volume.text : '',
      new RegExp(`^/var/caches/runner-[0-9a-f]{32}/${CACHE_MD5}:/cache$`),
    );
  });

  test('labels tell what it is for', () => {
    const volume = first(['/cache']);
    const labels = volume.kind === 'managed' ? volume.labels : {};
    const prefix = 'com.gitlab.gitlab-runner.';
    assert.deepEqual(
      ['type', 'destination', 'protected', 'reusable', 'managed', 'job.id'].map((label) => labels[prefix + label]),
      ['cache', '/cache', 'false', 'true', 'true', '4711'],
    );
  });
});

describe('configuredVolumes: protected refs', () => {
  const protectedBy = (variables: unknown[], git: object = {}): boolean => {
    const git_info = { repo_url: 'http://h/g/a.git', ref: 'main', sha: '', before_sha: '', refspecs: [], ...git };
    return nameOf(first(['/cache'], { payload: { git_info, variables } })).endsWith('-protected');
  };
  const said = (value: string) => variable('CI_COMMIT_REF_PROTECTED', value);

  test('have volumes of their own', () => assert.equal(protectedBy([said('true')]), true));
  test('other refs do not', () => assert.equal(protectedBy([said('false')]), false));
  test('a job that defines the variable again does not get at them', () =>
    assert.equal(protectedBy([said('false'), said('true')]), false));
  test('nor does it put its own things elsewhere', () =>
    assert.equal(protectedBy([said('true'), said('false')]), true));
  test('what git_info says is above both', () => {
    assert.equal(protectedBy([said('true')], { protected: false }), false);
    assert.equal(protectedBy([said('false')], { protected: true }), true);
  });
});

describe('the builds directory', () => {
  const builds = (strategy: string, changes: JobChanges = {}): VolumeSpec | undefined => {
    const variables = [variable('GIT_STRATEGY', strategy)];
    return accepted({ ...changes, payload: { variables, ...changes.payload } }).spec.volumes.at(-1);
  };

  test('fetch: kept for the next job', () => {
    assert.match(nameOf(builds('fetch')), new RegExp(`^runner-[0-9a-f]{32}-cache-${BUILDS_MD5}$`));
  });
  test('clone: removed with the job', () => {
    assert.match(nameOf(builds('clone')), new RegExp(`-[0-9a-f]{16}-cache-${BUILDS_MD5}$`));
  });
  test('a build container alone needs none', () => assert.equal(builds('none'), undefined));
  test('a service shares it', () => {
    assert.equal(accepted({ payload: { services: [{ name: 'redis' }] } }).spec.volumes.at(-1)?.destination, '/builds');
  });
  for (const text of ['/srv/b:/builds', '/srv:/builds/'])
    test(`on ${text}: nothing more, and a path that other runners do not share`, () => {
      const { spec } = accepted({
        docker: { volumes: [text] },
        payload: { variables: [variable('GIT_STRATEGY', 'fetch')] },
      });
      assert.equal(spec.volumes.length, 1);
      assert.equal(spec.directories.project, '/builds/Fixture12/2/grp/app');
    });
});
