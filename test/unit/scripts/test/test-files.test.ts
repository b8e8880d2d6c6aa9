import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { findTestFiles, selectTestFiles } from '../../../../scripts/test/test-files.ts';

const PATHS = ['test/unit/b.test.ts', 'test/e2e/x.test.ts', 'test/unit/a.test.ts', 'test/integration/y.test.ts'];

test('unit files are parted from those that need an engine, both in order', () => {
  assert.deepEqual(selectTestFiles(PATHS, []), {
    unit: ['test/unit/a.test.ts', 'test/unit/b.test.ts'],
    real: ['test/e2e/x.test.ts', 'test/integration/y.test.ts'],
  });
});

test('a filter is a part of the path, relative or absolute', () => {
  const onlyA = { unit: ['test/unit/a.test.ts'], real: [] };
  assert.deepEqual(selectTestFiles(PATHS, ['unit/a']), onlyA);
  assert.deepEqual(selectTestFiles(PATHS, ['./test/unit/a.test.ts']), onlyA);
  assert.deepEqual(selectTestFiles(PATHS, [resolve('test/unit/a.test.ts')]), onlyA);
  assert.deepEqual(selectTestFiles(PATHS, ['nothing']), { unit: [], real: [] });
});

test('every test file of the checkout is found', async () => {
  const { unit } = await findTestFiles({ filters: [], smoke: false });
  assert.ok(unit.includes('test/unit/scripts/test/test-files.test.ts'));
});
