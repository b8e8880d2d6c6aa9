import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { BASH } from '../../../support/framed-shell.ts';
import { GitRepository, GitServer } from '../../../support/git-fixture.ts';
import { JOB_TOKEN } from '../../../support/job-fixture.ts';
import { SourcesFixture } from '../../../support/sources-fixture.ts';
import type { Sources, SourcesChanges } from '../../../support/sources-fixture.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const dir = await tempDir();
const fixture = await SourcesFixture.create(dir);
const server = await GitServer.start(dir.path, JOB_TOKEN);
after(async () => {
  await server[Symbol.asyncDispose]();
  await dir[Symbol.asyncDispose]();
});

const bin = dir.file('bin');
const calls = dir.file('calls');
const traced = dir.file('traced');
const repo_url = server.url('origin/.git', JOB_TOKEN);
const overHttp = (variables: Readonly<Record<string, string>> = {}, changes: SourcesChanges = {}): Sources =>
  fixture.sources(
    { CI_JOB_TOKEN: JOB_TOKEN, ...variables },
    {
      ...changes,
      git: { repo_url, ...changes.git },
      env: { PATH: `${bin}:${process.env['PATH']}`, GIT_TRACE: traced },
    },
  );

before(async () => {
  await mkdir(bin);
  await writeFile(`${bin}/git`, `#!/bin/sh\nprintf '%s\\n' "$*" >> ${calls}\nexec /usr/bin/git "$@"\n`);
  await chmod(`${bin}/git`, 0o755);
});

describe('the job token and git', { skip: BASH.missing }, () => {
  test('it opens the repository, and is in no argument, no file of git and no output', async () => {
    const made = overHttp({ GIT_TRACE_CURL: '0' });
    const { exitCode, stdout, stderr } = await made.run();
    assert.equal(exitCode, 0, stderr);
    assert.equal(await made.read('file'), 'two');
    assert.ok(server.requests.some(({ authorization }) => authorization !== undefined));
    assert.ok(server.requests.every(({ url }) => !url.includes(JOB_TOKEN)));
    const evidence = {
      'arguments of git': await readFile(calls, 'utf8'),
      'commands that git ran': await readFile(traced, 'utf8'),
      stdout,
      stderr,
    };
    assert.match(evidence['arguments of git'], /fetch origin/);
    for (const [where, text] of Object.entries(evidence)) assert.ok(!text.includes(JOB_TOKEN), where);
    const { builds } = made.spec.directories;
    for (const entry of await readdir(builds, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const content = await readFile(`${entry.parentPath}/${entry.name}`, 'latin1');
        assert.ok(!content.includes(JOB_TOKEN), `${entry.parentPath}/${entry.name}`);
      }
    assert.equal(await made.git('config', 'remote.origin.url'), repo_url.replace(/\/\/.*@/, '//'));
  });

  test('a wrong one fails at once, without asking anybody', async () => {
    const { exitCode, stderr } = await overHttp({}, { payload: { token: 'wrong-token' } }).run();
    assert.equal(exitCode, 128);
    assert.match(stderr, /Authentication failed/);
    assert.ok(!stderr.includes('wrong-token'));
  });

  test('a store or a helper of the machine is not asked and learns nothing', async () => {
    const store = dir.file('store');
    await writeFile(dir.file('.gitconfig'), `[credential]\n\thelper = store --file ${store}\n`);
    const { exitCode } = await overHttp().run();
    await rm(dir.file('.gitconfig'));
    assert.deepEqual([exitCode, existsSync(store)], [0, false]);
  });

  test("it is given to the repository's own server alone", async () => {
    await using other = await GitServer.start(dir.path, JOB_TOKEN);
    const url = other.url('origin/.git', JOB_TOKEN).replace(/\/\/.*@/, '//');
    const made = overHttp({}, { runner: { post_get_sources_script: `git ls-remote ${url} || echo refused` } });
    const { exitCode, stdout } = await made.run();
    assert.equal(exitCode, 0);
    assert.match(stdout, /^refused$/m);
    assert.ok(other.requests.every(({ authorization }) => authorization === undefined));
  });

  test('a job that defines CI_JOB_TOKEN for itself still gets its sources', async () => {
    const { exitCode, stderr } = await overHttp({ CI_JOB_TOKEN: 'my own' }).run();
    assert.equal(exitCode, 0, stderr);
  });
});

describe('submodules', { skip: BASH.missing }, () => {
  let withSubmodules: string;
  before(async () => {
    const leaf = await GitRepository.create(dir.file('leaf'));
    await leaf.commit('leaf', 'green');
    const branch = await GitRepository.create(dir.file('branch'));
    await branch.git('submodule', '--quiet', 'add', dir.file('leaf'), 'leaf');
    await writeFile(dir.file('branch/.gitmodules'), '[submodule "leaf"]\n\tpath = leaf\n\turl = ../../leaf/.git\n');
    await branch.commit('branch', 'brown');
    const { origin } = fixture;
    await origin.git('submodule', '--quiet', 'add', dir.file('branch'), 'sub');
    await writeFile(dir.file('origin/.gitmodules'), '[submodule "sub"]\n\tpath = sub\n\turl = ../../branch/.git\n');
    withSubmodules = await origin.commit('file', 'three');
  });
  const at = (strategy: string, changes: SourcesChanges = {}): Sources =>
    overHttp({ GIT_SUBMODULE_STRATEGY: strategy }, { ...changes, git: { sha: withSubmodules } });

  test('normal: the first level, with relative URLs and the token', async () => {
    const made = at('normal');
    const { exitCode, stdout, stderr } = await made.run();
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /Updating\/initializing submodules\.\.\./);
    assert.equal(await made.read('sub/branch'), 'brown');
    assert.equal(existsSync(`${made.project}/sub/leaf/leaf`), false);
  });

  test('recursive: all of them, and again into a dirty directory', async () => {
    const made = at('recursive');
    assert.equal((await made.run()).exitCode, 0);
    await writeFile(`${made.project}/sub/leaf/leaf`, 'dirty');
    await writeFile(`${made.project}/sub/leaf/untracked`, 'x');
    const again = await at('recursive', { builds: made.spec.directories.builds }).run();
    assert.equal(again.exitCode, 0, again.stderr);
    assert.equal(await made.read('sub/leaf/leaf'), 'green');
    assert.equal(existsSync(`${made.project}/sub/leaf/untracked`), false);
  });

  test('hooks and configuration that an earlier job left in one do not run', async () => {
    const made = at('normal');
    assert.equal((await made.run()).exitCode, 0);
    const evil = dir.file('evil');
    const gitDir = `${made.project}/.git/modules/sub`;
    await mkdir(`${gitDir}/hooks`, { recursive: true });
    await writeFile(`${gitDir}/hooks/post-checkout`, `#!/bin/sh\ntouch ${evil}\n`);
    await chmod(`${gitDir}/hooks/post-checkout`, 0o755);
    await writeFile(`${gitDir}/config`, `[core]\n\tfsmonitor = touch ${evil}\n\tworktree = ../../../sub\n`);
    await rm(`${made.project}/sub/branch`);
    const again = await at('normal', { builds: made.spec.directories.builds }).run();
    assert.equal(again.exitCode, 0, again.stderr);
    assert.deepEqual([existsSync(evil), await made.read('sub/branch')], [false, 'brown']);
  });

  test('none: they stay empty', async () => {
    const made = at('none');
    const { exitCode, stdout } = await made.run();
    assert.deepEqual([exitCode, existsSync(`${made.project}/sub/branch`)], [0, false]);
    assert.match(stdout, /Skipping Git submodules setup/);
  });
});
