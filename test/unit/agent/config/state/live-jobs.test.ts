import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { liveJobs } from '../../../../../agent/config/state/live-jobs.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

test('jobs with a directory, those of a second coordinator too; none without the directory of them all', async () => {
  await using dir = await tempDir();
  assert.deepEqual([...liveJobs(dir.path)], []);
  for (const name of ['17', '18', '18.2']) mkdirSync(dir.file(`jobs/${name}`), { recursive: true });
  assert.deepEqual([...liveJobs(dir.path)].toSorted(), ['17', '18']);
});

test('a directory that cannot be read is an error: nobody may take its jobs for over', async () => {
  await using dir = await tempDir();
  writeFileSync(dir.file('jobs'), '');
  assert.throws(() => liveJobs(dir.path), { code: 'ENOTDIR' });
});
