import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { instanceId } from '../../../../agent/config/instance-id.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('instanceId', () => {
  test('is made at random, kept for later starts, and for nobody else to read', async () => {
    await using dir = await tempDir();
    await using other = await tempDir();
    const id = instanceId(dir.path);
    assert.match(id, /^[0-9a-f]{16}$/);
    assert.equal(instanceId(dir.path), id);
    assert.notEqual(instanceId(other.path), id);
    assert.equal((await stat(dir.file('instance-id'))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(dir.path), ['instance-id']);
  });

  test('a file that holds anything else is replaced', async () => {
    await using dir = await tempDir();
    for (const text of ['', 'what?', '0123456789ABCDEF']) {
      await writeFile(dir.file('instance-id'), text);
      const id = instanceId(dir.path);
      assert.match(id, /^[0-9a-f]{16}$/);
      assert.equal((await readFile(dir.file('instance-id'), 'utf8')).trim(), id);
    }
    assert.deepEqual(await readdir(dir.path), ['instance-id']);
  });

  test('a state directory that is not there is an error', async () => {
    await using dir = await tempDir();
    assert.throws(() => instanceId(dir.file('gone')), { code: 'ENOENT' });
    assert.equal(existsSync(dir.file('gone')), false);
  });
});
