import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accepted, JOB_TOKEN, SHA, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';

const sources = (variables: Readonly<Record<string, string>>, changes: JobChanges = {}) => {
  const given = Object.entries(variables).map(([key, value]) => variable(key, value));
  const job = accepted({ ...changes, payload: { ...changes.payload, variables: given } });
  return { ...job.spec.sources, warnings: job.warnings };
};
const urlOf = (repo_url: string, runner: Record<string, unknown> = {}): string =>
  accepted({ runner, payload: { git_info: { repo_url, ref: 'm', sha: SHA } } }).spec.sources.url;

describe('gitStrategy', () => {
  for (const strategy of ['clone', 'fetch', 'none', 'empty'])
    test(strategy, () => assert.equal(sources({ GIT_STRATEGY: strategy }).strategy, strategy));

  for (const [allowed, usual] of [
    [true, 'fetch'],
    [false, 'clone'],
  ] as const) {
    test(`unsaid with allow_git_fetch ${allowed}: ${usual}`, () => {
      const { strategy, warnings } = sources({ GIT_STRATEGY: '' }, { payload: { allow_git_fetch: allowed } });
      assert.deepEqual([strategy, warnings], [usual, []]);
    });
    test(`unknown with allow_git_fetch ${allowed}: ${usual}, and a warning`, () => {
      const { strategy, warnings } = sources({ GIT_STRATEGY: 'Clone' }, { payload: { allow_git_fetch: allowed } });
      assert.equal(strategy, usual);
      assert.match(warnings.join('\n'), /^GIT_STRATEGY = "Clone": expected clone, fetch, none or empty/);
    });
  }
});

describe('jobSources: the URL', () => {
  for (const [given, expected] of [
    [`http://gitlab-ci-token:${JOB_TOKEN}@h/g/a.git`, 'http://h/g/a.git'],
    [`https://u:${JOB_TOKEN}@h:8443/g/a.git`, 'https://h:8443/g/a.git'],
    ['http://h/g/a.git', 'http://h/g/a.git'],
    ['file:///srv/a.git', 'file:///srv/a.git'],
    [`ssh://git:${JOB_TOKEN}@h/g/a.git`, 'ssh://git@h/g/a.git'],
    ['/srv/a.git', '/srv/a.git'],
  ] as const)
    test(expected, () => assert.equal(urlOf(given), expected));

  for (const [cloneUrl, expected] of [
    ['https://inner.example:444', 'https://inner.example:444/g/a.git'],
    ['http://inner/gitlab/', 'http://inner/gitlab/g/a.git'],
  ] as const)
    test(`clone_url ${cloneUrl}`, () =>
      assert.equal(urlOf(`http://x:${JOB_TOKEN}@h/g/a.git`, { clone_url: cloneUrl }), expected));

  test('the token is kept apart from it', () => {
    const { token, ...rest } = accepted({ payload: { variables: [variable('CI_JOB_TOKEN', 'my own')] } }).spec.sources;
    assert.equal(token, JOB_TOKEN);
    assert.ok(!JSON.stringify(rest).includes(JOB_TOKEN));
  });
});

describe('jobSources: GIT_* variables', () => {
  test('defaults', () => {
    const { checkout, cleanFlags, fetchFlags, submodules, attempts, sslVerify, depth, objectFormat } = sources({});
    assert.deepEqual(
      { checkout, cleanFlags, fetchFlags, submodules, attempts, sslVerify, depth, objectFormat },
      {
        checkout: true,
        cleanFlags: ['-ffdx'],
        fetchFlags: ['--prune', '--quiet'],
        submodules: 'none',
        attempts: 1,
        sslVerify: true,
        depth: 20,
        objectFormat: 'sha1',
      },
    );
  });

  test('flags are split at blanks, none means none', () => {
    const own = sources({ GIT_CLEAN_FLAGS: ' -ffdx  -e cache/ ', GIT_FETCH_EXTRA_FLAGS: '--tags -q' });
    assert.deepEqual(
      [own.cleanFlags, own.fetchFlags],
      [
        ['-ffdx', '-e', 'cache/'],
        ['--tags', '-q'],
      ],
    );
    const none = sources({ GIT_CLEAN_FLAGS: 'none', GIT_FETCH_EXTRA_FLAGS: 'none' });
    assert.deepEqual([none.cleanFlags, none.fetchFlags], [undefined, []]);
  });

  for (const [text, expected] of [
    ['false', false],
    ['0', false],
    ['FALSE', false],
    ['true', true],
    ['1', true],
    ['True', true],
  ] as const)
    test(`GIT_CHECKOUT=${text} is ${expected}`, () => assert.equal(sources({ GIT_CHECKOUT: text }).checkout, expected));

  test('GIT_SSL_NO_VERIFY', () => assert.equal(sources({ GIT_SSL_NO_VERIFY: 'true' }).sslVerify, false));

  for (const text of ['none', 'normal', 'recursive'])
    test(`GIT_SUBMODULE_STRATEGY=${text}`, () =>
      assert.equal(sources({ GIT_SUBMODULE_STRATEGY: text }).submodules, text));
  test('an unknown submodule strategy is refused', () =>
    assert.throws(() => sources({ GIT_SUBMODULE_STRATEGY: 'deep' }), {
      name: 'JobFailure',
      reason: 'runner_system_failure',
      message: /GIT_SUBMODULE_STRATEGY = "deep"/,
    }));

  for (const [text, count, warned] of [
    ['3', 3, false],
    ['10', 10, false],
    ['999', 10, true],
    ['0', 1, true],
    ['-1', 1, true],
    ['banana', 1, true],
  ] as const)
    test(`GET_SOURCES_ATTEMPTS=${text}`, () => {
      const { attempts, warnings } = sources({ GET_SOURCES_ATTEMPTS: text });
      assert.equal(attempts, count);
      const clamping = `number of attempts out of the range [1, 10], clamping to: ${count}`;
      assert.deepEqual(warnings, warned ? [`GET_SOURCES_ATTEMPTS: ${clamping}`] : []);
    });

  test("hooks: the configuration's, then the job's; others are not for sources", () => {
    const hooks = [
      { name: 'pre_get_sources_script', script: ['one', 'two'] },
      { name: 'unheard_of', script: ['never'] },
    ];
    const runner = { pre_get_sources_script: 'cfg', post_get_sources_script: 'after' };
    const { preScripts, postScripts } = sources({}, { runner, payload: { hooks } });
    assert.deepEqual([preScripts, postScripts], [['cfg', 'one', 'two'], ['after']]);
  });

  test('sha256', () => {
    const git_info = { repo_url: 'http://h/a.git', ref: 'm', sha: 'f'.repeat(64), repo_object_format: 'sha256' };
    assert.equal(accepted({ payload: { git_info } }).spec.sources.objectFormat, 'sha256');
  });
});
