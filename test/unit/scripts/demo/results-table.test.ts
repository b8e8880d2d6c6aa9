import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultsTable } from '../../../../scripts/demo/results-table.ts';
import { describeJob } from '../../../../scripts/demo/watch-pipeline.ts';

const failed = {
  id: 2,
  name: 'experiment',
  stage: 'test',
  state: 'failed',
  failure_reason: 'script_failure',
  exit_code: 3,
  allow_failure: true,
  t: { queued: 12.5, handed: 12.75, final: 14 },
};

test('the table tells when each job was queued, how long it waited and ran, and how it ended', () => {
  const first = {
    ...failed,
    id: 1,
    name: 'page',
    state: 'success',
    exit_code: 0,
    t: { queued: 10, handed: 10.5, final: 12 },
  };
  const skipped = { ...failed, id: 3, name: 'later', state: 'skipped', exit_code: null, t: {} };
  const pipeline = { id: 1, state: 'success', sha: '', warnings: [], jobs: [first, failed, skipped] };
  const rows = resultsTable(pipeline, new Map([['page', 'busybox']]))
    .split('\n')
    .map((row) => row.replaceAll(/ +/g, ' '));
  assert.ok(rows.includes('│ page │ test │ busybox │ 0.00 s │ 0.50 s │ 1.50 s │ success │'), rows.join('\n'));
  assert.ok(
    rows.includes('│ experiment │ test │ │ 2.50 s │ 0.25 s │ 1.25 s │ failed, exit code 3 (allowed) │'),
    rows.join('\n'),
  );
  assert.ok(rows.includes('│ later │ test │ │ - │ - │ - │ skipped │'), rows.join('\n'));
});

test('a job is told in one sentence', () => {
  assert.equal(describeJob(failed), 'failed after 1.25 s with exit code 3, as it may');
  assert.equal(describeJob({ ...failed, state: 'running' }), 'runs, 0.25 s after it was queued');
  const lost = { ...failed, exit_code: null, allow_failure: false, failure_reason: 'image_pull_failure' };
  assert.equal(describeJob(lost), 'failed after 1.25 s (image_pull_failure)');
});
