import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { editConfig, saveConfig } from '../../../../../agent/config/edit/save-config.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

describe('editConfig', () => {
  test('makes folder and file with the modes of secrets', async () => {
    await using dir = await tempDir();
    await editConfig(dir.file('etc/config.toml'), (text) => `${text}concurrent = 1\n`);
    assert.equal(await readFile(dir.file('etc/config.toml'), 'utf8'), 'concurrent = 1\n');
    assert.equal((await stat(dir.file('etc/config.toml'))).mode & 0o777, 0o600);
    assert.equal((await stat(dir.file('etc'))).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(dir.file('etc')), ['config.toml']);
  });

  test('twenty edits at once all arrive', async () => {
    await using dir = await tempDir();
    const path = dir.file('config.toml');
    await Promise.all(Array.from({ length: 20 }, (_, i) => editConfig(path, (text) => `${text}# ${i}\n`)));
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    assert.deepEqual(new Set(lines), new Set(Array.from({ length: 20 }, (_, i) => `# ${i}`)));
    assert.deepEqual(await readdir(dir.path), ['config.toml']);
  });

  test('an edit that throws leaves file and folder as they were', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), 'concurrent = 3\n');
    const broken = editConfig(dir.file('config.toml'), () => {
      throw new Error('no');
    });
    await assert.rejects(broken, /no/);
    assert.equal(await readFile(dir.file('config.toml'), 'utf8'), 'concurrent = 3\n');
    assert.deepEqual(await readdir(dir.path), ['config.toml']);
  });

  test('an edit that changes nothing does not touch the file', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), 'concurrent = 3\n');
    const before = await stat(dir.file('config.toml'), { bigint: true });
    await editConfig(dir.file('config.toml'), (text) => text);
    const after = await stat(dir.file('config.toml'), { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
  });

  test('a byte order mark stays and does not reach the edit', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), '\uFEFFconcurrent = 3\n');
    await editConfig(dir.file('config.toml'), (text) => {
      assert.ok(text.startsWith('concurrent'));
      return `${text}# more\n`;
    });
    assert.equal(await readFile(dir.file('config.toml'), 'utf8'), '\uFEFFconcurrent = 3\n# more\n');
  });
});

describe('saveConfig', () => {
  test('a file that others could read no longer is', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), '');
    await chmod(dir.file('config.toml'), 0o644);
    await saveConfig(dir.file('config.toml'), 'concurrent = 1\n');
    assert.equal((await stat(dir.file('config.toml'))).mode & 0o777, 0o600);
  });

  test('a link stays a link', async () => {
    await using dir = await tempDir();
    await mkdir(dir.file('real'));
    await writeFile(dir.file('real/config.toml'), '');
    await symlink(dir.file('real/config.toml'), dir.file('config.toml'));
    await saveConfig(dir.file('config.toml'), 'concurrent = 1\n');
    assert.ok((await lstat(dir.file('config.toml'))).isSymbolicLink());
    assert.equal(await readFile(dir.file('real/config.toml'), 'utf8'), 'concurrent = 1\n');
  });
});
