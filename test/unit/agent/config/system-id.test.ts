import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { systemId } from '../../../../agent/config/system-id.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('systemId', () => {
  test('comes from the machine, is kept beside the config and does not give the machine id away', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('machine-id'), '0123456789abcdef0123456789abcdef\n');
    const first = await systemId(dir.file('conf/config.toml'), dir.file('machine-id'));
    assert.match(first.id, /^s_[0-9a-f]{12}$/);
    assert.equal(first.warning, undefined);
    assert.equal(await readFile(dir.file('conf/.runner_system_id'), 'utf8'), first.id);
    assert.equal((await stat(dir.file('conf/.runner_system_id'))).mode & 0o777, 0o600);
    assert.ok(!'0123456789abcdef0123456789abcdef'.includes(first.id.slice(2)));
    const elsewhere = await systemId(dir.file('other/config.toml'), dir.file('machine-id'));
    assert.equal(elsewhere.id, first.id);
  });

  test('is random without a machine id, and stays', async () => {
    await using dir = await tempDir();
    const first = await systemId(dir.file('config.toml'), dir.file('no-machine-id'));
    assert.match(first.id, /^r_[0-9a-f]{12}$/);
    assert.equal((await systemId(dir.file('config.toml'), dir.file('no-machine-id'))).id, first.id);
  });

  test("the peer's id is taken over", async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('.runner_system_id'), 's_AbC123xyz789\n');
    assert.equal((await systemId(dir.file('config.toml'))).id, 's_AbC123xyz789');
  });

  test('a broken file is replaced', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('.runner_system_id'), 'what?');
    const { id } = await systemId(dir.file('config.toml'));
    assert.equal(await readFile(dir.file('.runner_system_id'), 'utf8'), id);
  });

  test('where it cannot be kept there is a warning', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('file'), '');
    const { id, warning } = await systemId(dir.file('file/config.toml'), dir.file('none'));
    assert.match(id, /^r_/);
    assert.match(warning ?? '', /\.runner_system_id cannot be written/);
  });
});
