import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  pipelineState,
  type CombinedState,
  type JobState,
} from '../../../../coordinator-mock/pipeline/pipeline-state.ts';
import { makePipeline } from '../../../support/make-pipeline.ts';

const pipeline = makePipeline('a: {script: x}\nb: {script: x}\nmay: {script: x, allow_failure: true}\n');

/** States of `a`, `b` and `may`, which may fail. */
const cases: readonly (readonly [JobState, JobState, JobState, CombinedState])[] = [
  ['created', 'created', 'created', 'created'],
  ['pending', 'created', 'created', 'pending'],
  ['running', 'pending', 'created', 'running'],
  ['success', 'created', 'created', 'running'],
  ['success', 'success', 'success', 'success'],
  ['success', 'success', 'failed', 'success'],
  ['success', 'success', 'canceled', 'success'],
  ['success', 'success', 'manual', 'success'],
  ['success', 'success', 'running', 'running'],
  ['success', 'manual', 'success', 'manual'],
  ['success', 'manual', 'running', 'running'],
  ['failed', 'success', 'success', 'failed'],
  ['failed', 'running', 'success', 'running'],
  ['failed', 'skipped', 'skipped', 'failed'],
  ['failed', 'canceled', 'success', 'failed'],
  ['canceled', 'success', 'skipped', 'canceled'],
  ['canceling', 'success', 'success', 'running'],
  ['skipped', 'skipped', 'skipped', 'skipped'],
  ['success', 'skipped', 'success', 'success'],
];

describe('pipelineState', () => {
  for (const [a, b, may, expected] of cases) {
    test(`${a}, ${b} and, allowed to fail, ${may} make ${expected}`, () => {
      const statuses = new Map([
        ['a', { state: a }],
        ['b', { state: b }],
        ['may', { state: may }],
      ]);
      assert.equal(pipelineState(pipeline, statuses), expected);
    });
  }
});
