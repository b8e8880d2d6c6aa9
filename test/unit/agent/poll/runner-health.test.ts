import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerHealth } from '../../../../agent/poll/runner-health.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const rules = { badInARow: 3, restMs: 60_000 };

test('the third bad outcome in a row makes the runner rest, counted from the last good answer', async () => {
  const clock = new ManualClock();
  const health = new RunnerHealth(clock);
  await clock.advance(1000);
  health.good();
  await clock.advance(10_000);
  assert.deepEqual(
    [health.bad(rules), health.bad(rules), health.restFor(rules), health.bad(rules)],
    [false, false, 0, true],
  );
  assert.equal(health.restFor(rules), 50_000);
  await clock.advance(49_999);
  assert.equal(health.restFor(rules), 1);
});

test('a good answer in between starts the count anew', () => {
  const health = new RunnerHealth(new ManualClock());
  health.bad(rules);
  health.bad(rules);
  health.good();
  health.bad(rules);
  health.bad(rules);
  assert.equal(health.restFor(rules), 0);
});

test('after the rest it takes three more to rest again, for the whole interval', async () => {
  const clock = new ManualClock();
  const health = new RunnerHealth(clock);
  for (let count = 0; count < 3; count++) health.bad(rules);
  await clock.advance(60_000);
  assert.equal(health.restFor(rules), 0);
  assert.deepEqual([health.bad(rules), health.bad(rules), health.restFor(rules)], [false, false, 0]);
  assert.equal(health.bad(rules), true);
  assert.equal(health.restFor(rules), 60_000);
});
