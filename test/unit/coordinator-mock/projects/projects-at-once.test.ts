import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ProjectStore } from '../../../../coordinator-mock/projects/projects.ts';
import { makeRepository } from '../../../support/make-repository.ts';
import { tempDir } from '../../../support/temp-dir.ts';

test('a repository that is opened several times at once becomes one project with all of its commits', async () => {
  await using folder = await tempDir();
  const sha = await makeRepository(folder.file('app'), [{ 'a.txt': '1' }, { 'a.txt': '2' }]);
  const store = new ProjectStore(folder.file('data'));
  const projects = await Promise.all(Array.from({ length: 6 }, () => store.open(folder.file('app'))));
  assert.equal(new Set(projects).size, 1);
  const { stdout } = await promisify(execFile)('git', ['-C', store.default?.repository ?? '', 'rev-parse', 'main']);
  assert.equal(stdout.trim(), sha);
});

test('a folder that cannot be opened does not keep others', async () => {
  await using folder = await tempDir();
  await makeRepository(folder.file('app'), [{ 'a.txt': '1' }]);
  const store = new ProjectStore(folder.file('data'));
  const [missing, there] = await Promise.allSettled([store.open(folder.file('none')), store.open(folder.file('app'))]);
  assert.equal(missing.status, 'rejected');
  assert.equal(there.status, 'fulfilled');
});
