import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { lockStateDir } from '../../../../../agent/config/state/lock-state-dir.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

test('a second owner is refused with the process id of the first, until that lets go', async () => {
  await using dir = await tempDir();
  const state = dir.file('state');
  const lock = await lockStateDir(state);
  assert.equal(statSync(state).mode & 0o777, 0o700);
  await assert.rejects(lockStateDir(state), {
    name: 'StateDirLockedError',
    message: `${state} is in use by process ${process.pid}: each running agent needs a state directory of its own (--state-dir)`,
  });
  await lock.release();
  await (await lockStateDir(state)).release();
});

test('a directory that cannot be made is an error with its cause', async () => {
  await using dir = await tempDir();
  writeFileSync(dir.file('file'), '');
  await assert.rejects(lockStateDir(dir.file('file/state')), /the state directory cannot be used: .*ENOTDIR/);
});
