import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { liveJobs, removeRemains } from '../../../../agent/journal/live-jobs.ts';
import { tempDir, type TempDir } from '../../../support/temp-dir.ts';

function makeJob(dir: TempDir, name: string, file = 'job.json'): void {
  mkdirSync(dir.file(`jobs/${name}`), { recursive: true });
  writeFileSync(dir.file(`jobs/${name}/${file}`), '{}');
}

test('jobs that are written down, those of a second coordinator too; none without the directory of them all', async () => {
  await using dir = await tempDir();
  assert.deepEqual([...liveJobs(dir.path)], []);
  for (const name of ['17', '18', '18.2', '19.2']) makeJob(dir, name);
  assert.deepEqual([...liveJobs(dir.path)].toSorted(), ['17', '18', '19']);
});

test('what a death in the midst of writing or removing left is no job, and goes', async () => {
  await using dir = await tempDir();
  removeRemains(dir.path);
  makeJob(dir, '17');
  makeJob(dir, '18', 'job.json.new');
  makeJob(dir, '19', 'trace.log');
  assert.deepEqual([...liveJobs(dir.path)], ['17']);
  removeRemains(dir.path);
  assert.deepEqual(readdirSync(dir.file('jobs')), ['17']);
});

test('a directory that cannot be read is an error: nobody may take its jobs for over', async () => {
  await using dir = await tempDir();
  writeFileSync(dir.file('jobs'), '');
  assert.throws(() => liveJobs(dir.path), { code: 'ENOTDIR' });
});
