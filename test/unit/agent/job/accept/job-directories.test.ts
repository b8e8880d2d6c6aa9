import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobDirectories } from '../../../../../agent/spec/job-spec.ts';
import { accepted, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';

const directories = (changes: JobChanges): JobDirectories => accepted(changes).spec.directories;
const ofRepository = (repo_url: string, changes: JobChanges = {}): JobDirectories =>
  directories({ ...changes, payload: { git_info: { repo_url, ref: 'main', sha: '' }, ...changes.payload } });
const ofClonePath = (path: string, changes: JobChanges = {}): JobDirectories =>
  directories({ ...changes, payload: { variables: [variable('GIT_CLONE_PATH', path)] } });

describe('jobDirectories: path of the project', () => {
  const table: Readonly<Record<string, string>> = {
    'http://h/grp/app.git': 'grp/app',
    'https://user:pass@h:8443/grp/sub/app.git': 'grp/sub/app',
    'http://h/grp/app': 'grp/app',
    'http://h/grp/app.git/': 'grp/app',
    'http://h//grp//app.git': 'grp/app',
    'http://h/gr%20p/app.git': 'gr p/app',
    'http://h/a/../b/app.git': 'b/app',
    'ssh://git@h/grp/app.git': 'grp/app',
  };
  for (const [url, expected] of Object.entries(table))
    test(url, () => assert.equal(ofRepository(url).project, `/builds/${expected}`));

  for (const url of [
    '',
    'no url',
    'http://h/',
    'http://h/.git',
    'http://h/..%2f..%2fetc/app.git',
    'http://h/a%2f..%2f..%2f..%2fetc.git',
    'http://h/%zz/app.git',
    'http://h/a%00b.git',
    'http://h/a%0ab.git',
  ])
    test(`${JSON.stringify(url)} names no path: the project's number does`, () => {
      assert.deepEqual(ofRepository(url), {
        builds: '/builds',
        project: '/builds/project-7',
        temporary: '/builds/project-7.tmp',
      });
    });

  for (const hostile of ['../../etc', '%2e%2e/%2e%2e/etc', '..%5c..%5cetc', './../etc', '/etc/../..'])
    test(`${hostile} stays below the builds directory`, () => {
      const { project } = ofRepository(`http://h/${hostile}.git`);
      assert.match(project, /^\/builds\/[^/]/);
      assert.doesNotMatch(project, /(^|\/)\.\.(\/|$)/);
    });

  test('strategy empty has a directory of its own', () => {
    const { project } = directories({ payload: { variables: [variable('GIT_STRATEGY', 'empty')] } });
    assert.equal(project, '/builds/grp/app-empty');
  });

  test('builds_dir moves it, and the temporary directory stays beside it', () => {
    assert.deepEqual(directories({ runner: { builds_dir: '/srv//jobs/' } }), {
      builds: '/srv/jobs',
      project: '/srv/jobs/grp/app',
      temporary: '/srv/jobs/grp/app.tmp',
    });
  });

  test('a builds directory of the host has a part for each runner and slot', () => {
    const { project } = directories({
      docker: { volumes: ['/srv/b:/builds'] },
      slot: { concurrentId: 9, projectSlot: 4 },
    });
    assert.equal(project, '/builds/Fixture12/4/grp/app');
  });
});

describe('jobDirectories: GIT_CLONE_PATH', () => {
  for (const [path, expected] of [
    ['$CI_BUILDS_DIR/go/src/x', '/builds/go/src/x'],
    ['/builds/a//b/../c/', '/builds/a/c'],
    ['/builds/$CI_CONCURRENT_ID/app', '/builds/3/app'],
  ] as const)
    test(path, () => assert.equal(ofClonePath(path).project, expected));

  for (const path of [
    '/etc',
    '/builds',
    '/builds/',
    '/builds/..',
    '/builds/../etc',
    '/buildsx/a',
    'relative',
    '/',
    '$GONE/x',
  ])
    test(`${path} is outside`, () =>
      assert.throws(() => ofClonePath(path), { name: 'JobFailure', reason: 'runner_configuration_error' }));

  test('needs custom_build_dir', () => {
    assert.throws(() => ofClonePath('/builds/x', { runner: { custom_build_dir: { enabled: false } } }), {
      name: 'JobFailure',
      reason: 'runner_configuration_error',
      message: /custom_build_dir/,
    });
  });
});
