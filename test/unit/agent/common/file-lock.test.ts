import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { FileLockedError, holdFileLock } from '../../../../agent/common/file-lock.ts';
import { ownIdentity } from '../../../../agent/common/process-identity.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('holdFileLock', () => {
  test('a second holder is refused and told who holds it; after release it may', async () => {
    await using dir = await tempDir();
    const first = await holdFileLock(dir.file('lock'));
    await assert.rejects(
      holdFileLock(dir.file('lock')),
      (error) => error instanceof FileLockedError && error.pid === process.pid,
    );
    await first.release();
    await using second = await holdFileLock(dir.file('lock'));
    await second.release();
    assert.deepEqual(await readdir(dir.path), []);
  });

  test('what a killed process left is taken over', async () => {
    await using dir = await tempDir();
    const module = new URL('../../../../agent/common/file-lock.ts', import.meta.url);
    const script = `const { holdFileLock } = await import('${module.href}'); await holdFileLock('${dir.file('lock')}'); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await assert.rejects(
      holdFileLock(dir.file('lock')),
      (error) => error instanceof FileLockedError && error.pid === child.pid,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    await using lock = await holdFileLock(dir.file('lock'));
    assert.equal(JSON.parse(await readFile(dir.file('lock'), 'utf8')).pid, process.pid);
    await lock.release();
  });

  const stale: Readonly<Record<string, (mine: object) => string>> = {
    'the pid belongs to another process by now': (mine) => JSON.stringify({ ...mine, start: '1' }),
    'the machine was started again': (mine) => JSON.stringify({ ...mine, boot: 'another' }),
    'the file is empty': () => '',
    'the file is something else': () => 'hello',
  };
  for (const [title, content] of Object.entries(stale)) {
    test(`taken over when ${title}`, async () => {
      await using dir = await tempDir();
      await writeFile(dir.file('lock'), content(await ownIdentity()));
      await using lock = await holdFileLock(dir.file('lock'));
      assert.deepEqual(await readdir(dir.path), ['lock']);
      await lock.release();
    });
  }

  test('of many at once exactly one takes over what a dead process left, time after time', async () => {
    const dead = JSON.stringify({ ...(await ownIdentity()), start: '1' });
    for (let round = 0; round < 20; round++) {
      await using dir = await tempDir();
      await writeFile(dir.file('lock'), dead);
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => holdFileLock(dir.file('lock'))));
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const result of results)
        if (result.status === 'rejected') assert.ok(result.reason instanceof FileLockedError);
      assert.deepEqual(await readdir(dir.path), ['lock']);
    }
  });
});
