import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextJobs } from '../../../../coordinator-mock/pipeline/next-jobs.ts';
import type { JobState } from '../../../../coordinator-mock/pipeline/pipeline-state.ts';
import { skippedDependents } from '../../../../coordinator-mock/pipeline/skipped-dependents.ts';
import { makePipeline } from '../../../support/make-pipeline.ts';

test('a manual job that is played wakes the skipped jobs behind it, and no others', () => {
  const pipeline = makePipeline(`
ask: {stage: build, script: x, when: manual}
other: {stage: build, script: x, when: manual}
t: {stage: test, script: x, needs: [ask]}
u: {stage: test, script: x, needs: [other]}
d: {stage: deploy, script: x, needs: [t]}
ran: {stage: deploy, script: x, needs: []}
`);
  const statuses = new Map<string, { state: JobState }>();
  const first = nextJobs(pipeline, statuses);
  assert.deepEqual(first, { pending: ['ran'], manual: ['ask', 'other'], skipped: ['t', 'u', 'd'] });
  for (const name of first.manual) statuses.set(name, { state: 'manual' });
  for (const name of first.skipped) statuses.set(name, { state: 'skipped' });
  statuses.set('ran', { state: 'success' });

  const woken = skippedDependents(pipeline, 'ask', statuses);
  assert.deepEqual(woken, ['t', 'd']);

  for (const name of woken) statuses.set(name, { state: 'created' });
  statuses.set('ask', { state: 'success' });
  assert.deepEqual(nextJobs(pipeline, statuses), { pending: ['t'], manual: [], skipped: [] });
});

test('later stages without needs are woken too', () => {
  const pipeline = makePipeline('a: {stage: build, script: x}\nb: {stage: test, script: x}\n');
  const statuses = new Map<string, { state: JobState }>([
    ['a', { state: 'failed' }],
    ['b', { state: 'skipped' }],
  ]);
  assert.deepEqual(skippedDependents(pipeline, 'a', statuses), ['b']);
});
