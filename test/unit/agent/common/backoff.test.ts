import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelay } from '../../../../agent/common/backoff.ts';

test('waits double up to the longest', () => {
  const plan = { firstMs: 1000, maxMs: 5000 };
  assert.deepEqual(
    [0, 1, 2, 3, 50].map((attempt) => backoffDelay(plan, attempt)),
    [1000, 2000, 4000, 5000, 5000],
  );
});

test('another factor', () => {
  assert.equal(backoffDelay({ firstMs: 10, maxMs: 10_000, factor: 3 }, 3), 270);
});

test('jitter lies between the first wait and the full one', () => {
  const plan = { firstMs: 100, maxMs: 60_000, jitter: true };
  assert.equal(
    backoffDelay(plan, 3, () => 0),
    100,
  );
  assert.equal(
    backoffDelay(plan, 3, () => 0.5),
    450,
  );
  assert.equal(
    backoffDelay(plan, 3, () => 1),
    800,
  );
});
