import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileResult } from '../../../../scripts/test/file-result.ts';
import { describeFile, describeRun } from '../../../../scripts/test/progress-report.ts';

const PASSED: FileResult = { file: 'a.test.ts', passed: 3, failures: [], skipped: [], output: 'noise', seconds: 0.25 };
const FAILED: FileResult = {
  ...PASSED,
  file: 'b.test.ts',
  passed: 1,
  failures: [{ name: 'adds', details: 'Error: 1\n  at x' }],
  skipped: [{ name: 'pulls', reason: 'no registry' }],
};

test('a file that passed takes one line and its output is dropped', () => {
  assert.equal(describeFile(PASSED), 'ok   a.test.ts: 3 passed (0.3 s)');
});

test('a file that failed shows its failures and its output', () => {
  const text = describeFile(FAILED);
  assert.match(text, /^FAIL b\.test\.ts: 1 passed, 1 FAILED, 1 skipped/);
  assert.match(text, /x adds\n +Error: 1\n +at x/);
  assert.match(text, /noise/);
});

test('the run closes with names, reasons, notices and the totals as its last line', () => {
  const lines = describeRun([PASSED, FAILED], ['used the other engine']).split('\n');
  assert.ok(lines.includes('  b.test.ts: adds'));
  assert.ok(lines.includes('  b.test.ts: pulls (no registry)'));
  assert.deepEqual(lines.slice(-2), ['used the other engine', '4 passed, 1 failed']);
});
