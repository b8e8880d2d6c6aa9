import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { cleanUpScript } from '../../../../agent/stages/get-sources.ts';
import { BASH, runInShell } from '../../../support/framed-shell.ts';
import { GitRepository } from '../../../support/git-fixture.ts';
import { SourcesFixture, type Sources } from '../../../support/sources-fixture.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const dir = await tempDir();
const fixture = await SourcesFixture.create(dir);
after(() => dir[Symbol.asyncDispose]());

const FLAG = { FF_ENABLE_JOB_CLEANUP: 'true' };
/** Submodules of directories of this machine are for tests only. */
const env = {
  HOME: dir.path,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ALLOW_PROTOCOL: 'file',
};

async function cleanUp(made: Sources): Promise<void> {
  const { exitCode, stderr } = await runInShell(BASH, cleanUpScript(made.spec), { env });
  assert.equal(exitCode, 0, stderr);
}

/** Whether the files are there, in the order of their names. */
const present = (made: Sources, ...files: string[]): boolean[] =>
  files.map((file) => existsSync(`${made.project}/${file}`));

async function dirty(made: Sources, directory: string, file: string): Promise<void> {
  await writeFile(`${made.project}/${directory}/${file}`, 'changed');
  await writeFile(`${made.project}/${directory}/untracked`, 'x');
}

describe('FF_ENABLE_JOB_CLEANUP', { skip: BASH.missing }, () => {
  test('fetch: what the job changed and what it added is gone, the repository stays', async () => {
    const made = await fixture.fetched(FLAG);
    await dirty(made, '.', 'file');
    await mkdir(`${made.project}/added/deep`, { recursive: true });
    await cleanUp(made);
    assert.equal(await made.read('file'), 'two');
    assert.deepEqual(present(made, 'untracked', 'added', '.git'), [false, false, true]);
    assert.equal((await fixture.sources(FLAG, { builds: made.spec.directories.builds }).run()).exitCode, 0);
  });

  test('clone: the whole directory is gone', async () => {
    const made = await fixture.fetched({ ...FLAG, GIT_STRATEGY: 'clone' });
    await cleanUp(made);
    assert.equal(existsSync(made.project), false);
  });

  test('unsaid: everything stays as the job has left it', async () => {
    const made = await fixture.fetched();
    await dirty(made, '.', 'file');
    await cleanUp(made);
    assert.equal(await made.read('file'), 'changed');
    assert.deepEqual(present(made, 'untracked'), [true]);
  });

  test('GIT_CLEAN_FLAGS say what stays', async () => {
    const made = await fixture.fetched({ ...FLAG, GIT_CLEAN_FLAGS: '-ffdx -e keep' });
    await dirty(made, '.', 'file');
    await writeFile(`${made.project}/keep`, 'x');
    await cleanUp(made);
    assert.deepEqual(present(made, 'untracked', 'keep'), [false, true]);
  });

  test('nothing that the job left in .git is run', async () => {
    const made = await fixture.fetched(FLAG);
    const evil = dir.file('evil');
    await mkdir(`${made.project}/.git/hooks`, { recursive: true });
    await writeFile(`${made.project}/.git/hooks/post-checkout`, `#!/bin/sh\ntouch ${evil}\n`);
    await chmod(`${made.project}/.git/hooks/post-checkout`, 0o755);
    await writeFile(
      `${made.project}/.git/config`,
      `[core]\n\tfsmonitor = touch ${evil}\n[filter "x"]\n\tsmudge = touch ${evil}\n`,
    );
    await writeFile(`${made.project}/.gitattributes`, '* filter=x\n');
    await dirty(made, '.', 'file');
    await cleanUp(made);
    assert.deepEqual([existsSync(evil), await made.read('file')], [false, 'two']);
  });
});

describe('FF_ENABLE_JOB_CLEANUP and submodules', { skip: BASH.missing }, () => {
  let sha: string;
  before(async () => {
    const leaf = await GitRepository.create(dir.file('leaf'));
    await leaf.commit('leaf', 'green');
    const branch = await GitRepository.create(dir.file('branch'));
    await branch.git('submodule', '--quiet', 'add', dir.file('leaf'), 'leaf');
    await branch.commit('branch', 'brown');
    await fixture.origin.git('submodule', '--quiet', 'add', dir.file('branch'), 'sub');
    sha = await fixture.origin.commit('file', 'three');
  });

  for (const [strategy, nested] of [
    ['normal', undefined],
    ['recursive', 'green'],
  ] as const)
    test(`${strategy}: clean as well`, async () => {
      const made = await fixture.fetched({ ...FLAG, GIT_SUBMODULE_STRATEGY: strategy }, { git: { sha }, env });
      await dirty(made, 'sub', 'branch');
      if (nested !== undefined) await dirty(made, 'sub/leaf', 'leaf');
      await cleanUp(made);
      assert.equal(await made.read('sub/branch'), 'brown');
      assert.deepEqual(present(made, 'sub/untracked', 'sub/leaf/untracked'), [false, false]);
      if (nested !== undefined) assert.equal(await made.read('sub/leaf/leaf'), nested);
    });
});
