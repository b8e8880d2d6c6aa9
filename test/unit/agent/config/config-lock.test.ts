import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { ConfigLockedError, lockConfig } from '../../../../agent/config/config-lock.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('lockConfig', () => {
  test('a second owner is refused with a sentence that names the process', async () => {
    await using dir = await tempDir();
    const path = dir.file('config.toml');
    await using lock = await lockConfig(path);
    assert.equal(lock.warning, undefined);
    await assert.rejects(lockConfig(path), (error) => {
      assert.ok(error instanceof ConfigLockedError);
      assert.equal(
        error.message,
        `${path} is in use by process ${process.pid}: a config file belongs to one running agent`,
      );
      return true;
    });
  });

  test('a link to the file is the same file', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), '');
    await mkdir(dir.file('other'));
    await symlink(dir.file('config.toml'), dir.file('other/link.toml'));
    await using lock = await lockConfig(dir.file('config.toml'));
    await assert.rejects(lockConfig(dir.file('other/link.toml')), ConfigLockedError);
    await lock.release();
  });

  test('two files in one folder do not disturb each other', async () => {
    await using dir = await tempDir();
    await using one = await lockConfig(dir.file('a.toml'));
    await using two = await lockConfig(dir.file('b.toml'));
    assert.deepEqual([one.warning, two.warning], [undefined, undefined]);
  });

  test('a folder that cannot be written gives a warning', async () => {
    // Nobody, not even root, can make files below a file.
    await using dir = await tempDir();
    await writeFile(dir.file('file'), '');
    await using lock = await lockConfig(dir.file('file/config.toml'));
    assert.match(lock.warning ?? '', /cannot be written \(ENOTDIR|EEXIST\)/);
  });
});
