import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { BASH } from '../../../support/framed-shell.ts';
import { git } from '../../../support/git-fixture.ts';
import { SourcesFixture } from '../../../support/sources-fixture.ts';
import type { Sources } from '../../../support/sources-fixture.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const dir = await tempDir();
after(() => dir[Symbol.asyncDispose]());
const fixture = await SourcesFixture.create(dir);
const { first } = fixture;

describe('get_sources: a directory that is used again', { skip: BASH.missing }, () => {
  const again = async (used: Sources, variables: Readonly<Record<string, string>> = {}): Promise<Sources> =>
    await fixture.fetched(variables, { builds: used.spec.directories.builds });

  test('a dirty tree is clean', async () => {
    const used = await fixture.fetched({});
    await writeFile(`${used.project}/file`, 'dirty');
    await writeFile(`${used.project}/.gitignore`, 'ignored\n');
    for (const name of ['ignored', 'untracked']) await writeFile(`${used.project}/${name}`, 'x');
    const next = await again(used);
    assert.equal(await next.read('file'), 'two');
    assert.equal(await next.git('status', '--porcelain', '--ignored'), '');
  });

  test('clean flags, and none', async () => {
    const used = await fixture.fetched({});
    for (const name of ['kept', 'gone']) await writeFile(`${used.project}/${name}`, 'x');
    const next = await again(used, { GIT_CLEAN_FLAGS: '-ffdx -e kept' });
    assert.deepEqual(
      ['kept', 'gone'].map((name) => existsSync(`${next.project}/${name}`)),
      [true, false],
    );
    await writeFile(`${used.project}/gone`, 'x');
    await again(used, { GIT_CLEAN_FLAGS: 'none' });
    assert.equal(existsSync(`${next.project}/gone`), true);
  });

  test('clone starts from nothing', async () => {
    const used = await fixture.fetched({});
    await mkdir(`${used.project}/left`);
    await fixture.fetched({ GIT_STRATEGY: 'clone', GIT_CLEAN_FLAGS: 'none' }, { builds: used.spec.directories.builds });
    assert.equal(existsSync(`${used.project}/left`), false);
  });

  test('locks that a killed git left', async () => {
    const used = await fixture.fetched({});
    const locks = [
      'index.lock',
      'shallow.lock',
      'HEAD.lock',
      'config.lock',
      'refs/remotes/origin/main.lock',
      'packed-refs.lock',
    ];
    for (const lock of locks) await writeFile(`${used.project}/.git/${lock}`, '');
    await writeFile(`${used.project}/file`, 'dirty');
    await fixture.origin.git('branch', '--force', 'moving', first);
    const next = await again(used);
    assert.equal(await next.read('file'), 'two');
  });

  const evil = dir.file('evil');
  const program = `#!/bin/sh\ntouch ${evil}\n`;
  const traps: Readonly<Record<string, (dotGit: string) => Promise<void>>> = {
    hooks: async (dotGit) => {
      await mkdir(`${dotGit}/hooks`, { recursive: true });
      for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change', 'pre-auto-gc']) {
        await writeFile(`${dotGit}/hooks/${hook}`, program);
        await chmod(`${dotGit}/hooks/${hook}`, 0o755);
      }
    },
    'core.hooksPath': async (dotGit) => {
      await traps['hooks']?.(`${dotGit}/x`);
      await git(`${dotGit}/..`, 'config', 'core.hooksPath', `${dotGit}/x/hooks`);
    },
    'core.fsmonitor': async (dotGit) =>
      void (await git(`${dotGit}/..`, 'config', 'core.fsmonitor', `touch ${evil}; false`)),
    'a filter': async (dotGit) => {
      await git(`${dotGit}/..`, 'config', 'filter.evil.smudge', `touch ${evil}; cat`);
      await mkdir(`${dotGit}/info`, { recursive: true });
      await writeFile(`${dotGit}/info/attributes`, '* filter=evil\n');
      await writeFile(`${dotGit}/../file`, 'dirty');
    },
    'a directory of configuration elsewhere': async (dotGit) => {
      const elsewhere = `${dotGit}/elsewhere`;
      await git(`${dotGit}/..`, 'init', '--quiet', '--bare', elsewhere);
      await git(elsewhere, 'config', 'core.fsmonitor', `touch ${evil}; false`);
      await writeFile(`${dotGit}/commondir`, 'elsewhere\n');
    },
  };
  for (const [name, set] of Object.entries(traps))
    test(`${name} of an earlier job: nothing of it runs`, async () => {
      await rm(evil, { force: true });
      const used = await fixture.fetched({});
      await set(`${used.project}/.git`);
      const next = await again(used);
      assert.equal(existsSync(evil), false);
      assert.equal(await next.read('file'), 'two');
    });

  for (const kind of ['a file', 'a link'])
    test(`.git that is ${kind} to another repository`, async () => {
      await rm(evil, { force: true });
      const used = fixture.sources({});
      const other = `${used.spec.directories.builds}/other`;
      await mkdir(used.project, { recursive: true });
      await mkdir(other, { recursive: true });
      await git(other, 'init', '--quiet');
      await git(other, 'config', 'core.fsmonitor', `touch ${evil}; false`);
      if (kind === 'a link') await symlink(`${other}/.git`, `${used.project}/.git`);
      else await writeFile(`${used.project}/.git`, `gitdir: ${other}/.git\n`);
      await again(used);
      assert.equal(existsSync(evil), false);
      assert.equal(await used.read('file'), 'two');
    });
});
