import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { cleanUpScript } from '../../../../agent/stages/get-sources.ts';
import { BASH, runInShell, SHELLS, withoutEcho } from '../../../support/framed-shell.ts';
import { GitRepository } from '../../../support/git-fixture.ts';
import { variable } from '../../../support/job-fixture.ts';
import { SourcesFixture } from '../../../support/sources-fixture.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const dir = await tempDir();
after(() => dir[Symbol.asyncDispose]());
const fixture = await SourcesFixture.create(dir);
const { first, second } = fixture;

for (const shell of SHELLS)
  describe(`get_sources in ${shell.name}`, { skip: shell.missing }, () => {
    test('clone, then fetch into the same directory', async () => {
      const cloned = await fixture.fetched({ GIT_STRATEGY: 'clone' }, { shell, git: { sha: first } });
      assert.equal(await cloned.read('file'), 'one');
      const fetched = fixture.sources({}, { shell, builds: cloned.spec.directories.builds });
      const { exitCode, stdout } = await fetched.run();
      assert.deepEqual([exitCode, await fetched.read('file')], [0, 'two']);
      assert.match(
        stdout,
        new RegExp(`Checking out ${second.slice(0, 8)} as detached HEAD \\(ref is main\\)\\.\\.\\.`),
      );
      assert.equal(await fetched.git('rev-parse', '--abbrev-ref', 'HEAD'), 'HEAD');
    });
  });

describe('get_sources: what is fetched', { skip: BASH.missing }, () => {
  test('depth', async () => {
    const shallow = await fixture.fetched({}, { git: { depth: 1 } });
    assert.equal(await shallow.git('rev-list', '--count', 'HEAD'), '1');
    const whole = await fixture.fetched({}, { builds: shallow.spec.directories.builds });
    assert.equal(await whole.git('rev-list', '--count', 'HEAD'), '2');
  });

  test('refspecs and tags', async () => {
    const { git: run } = await fixture.fetched(
      {},
      { git: { refspecs: ['+refs/heads/main:refs/remotes/origin/renamed'] } },
    );
    assert.deepEqual((await run('for-each-ref', '--format=%(refname)')).split('\n'), [
      'refs/remotes/origin/renamed',
      'refs/tags/v1',
    ]);
    const none = await fixture.fetched(
      { GIT_FETCH_EXTRA_FLAGS: '--no-tags' },
      { git: { refspecs: ['+refs/heads/main:refs/remotes/origin/main'] } },
    );
    assert.equal(await none.git('tag'), '');
  });

  test('a tag as the ref', async () => {
    const tagged = await fixture.fetched(
      {},
      { git: { ref: 'v1', sha: second, depth: 1, refspecs: ['+refs/tags/v1:refs/tags/v1'] } },
    );
    assert.equal(await tagged.git('describe', '--tags'), 'v1');
  });

  test('sha256, also into a directory that is used again', async () => {
    const path = dir.file('origin256');
    const repository = await GitRepository.create(path, 'sha256');
    const sha = await repository.commit('file', 'long');
    const info = { repo_url: `file://${path}`, sha, repo_object_format: 'sha256' };
    const cloned = await fixture.fetched({}, { git: info });
    const again = await fixture.fetched({}, { git: info, builds: cloned.spec.directories.builds });
    assert.equal(await again.read('file'), 'long');
  });

  test("a commit that is not there fails with git's code", async () => {
    const { exitCode, stderr } = await fixture.sources({}, { git: { sha: 'f'.repeat(40) } }).run();
    assert.equal(exitCode, 128);
    assert.match(stderr, /ffffffff/);
  });

  test('GIT_CHECKOUT=false fetches and leaves the tree', async () => {
    const made = fixture.sources({ GIT_CHECKOUT: 'false' });
    const { exitCode, stdout } = await made.run();
    assert.equal(exitCode, 0);
    assert.equal(existsSync(`${made.project}/file`), false);
    assert.equal(await made.git('rev-parse', 'refs/remotes/origin/main'), second);
    assert.match(stdout, /Skipping Git checkout/);
  });
});

describe('get_sources: around git', { skip: BASH.missing }, () => {
  test('hooks of the runner: order and place', async () => {
    const runner = { pre_get_sources_script: 'echo pre; pwd', post_get_sources_script: 'echo post\nls file; pwd' };
    const hooks = [{ name: 'pre_get_sources_script', script: ['echo job'] }];
    const made = fixture.sources({}, { runner, payload: { hooks } });
    const { stdout } = await made.run();
    const lines = withoutEcho(stdout)
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('Initialized'));
    assert.deepEqual(lines, ['pre', '/', 'job', 'post', 'file', made.project]);
  });

  test('one that fails ends the stage with its code', async () => {
    const made = fixture.sources({}, { runner: { pre_get_sources_script: 'echo pre; exit 9' } });
    const { exitCode } = await made.run();
    assert.deepEqual([exitCode, existsSync(made.project)], [9, false]);
  });

  test('every user may write to what is checked out', async () => {
    const { project } = await fixture.fetched({});
    const { stdout } = await runInShell(BASH, `stat -c %a ${project} ${project}/file`);
    assert.deepEqual(stdout, '777\n666\n');
  });

  test('clean up removes file variables, the environment file and the way to the token', async () => {
    const made = fixture.sources(
      {},
      { payload: { variables: [variable('GIT_STRATEGY', 'fetch'), variable("F'x", 'v', { file: true })] } },
    );
    const { temporary } = made.spec.directories;
    await mkdir(temporary, { recursive: true });
    for (const { path, content } of made.spec.files) await writeFile(path, content);
    for (const name of ['gitlab_runner_env', 'git.config']) await writeFile(`${temporary}/${name}`, '');
    const { exitCode } = await runInShell(BASH, cleanUpScript(made.spec));
    assert.equal(exitCode, 0);
    assert.deepEqual((await runInShell(BASH, `ls -A ${temporary}`)).stdout, '');
  });
});
