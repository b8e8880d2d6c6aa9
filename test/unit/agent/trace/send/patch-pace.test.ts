import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PatchPace } from '../../../../../agent/trace/send/patch-pace.ts';

const reply = (updateInterval: number | undefined) => ({
  status: 202,
  jobStatus: undefined,
  updateInterval,
  storedBytes: undefined,
});

describe('PatchPace', () => {
  test('waits as the coordinator says, a second at first', () => {
    const pace = new PatchPace();
    assert.deepEqual([pace.waitMs, pace.pauseMs], [1000, 1000]);
    pace.observe(reply(60));
    pace.observe(reply(undefined));
    assert.deepEqual([pace.waitMs, pace.pauseMs], [60_000, 3000]);
  });

  test('waits longer for one that is away, at most 15 s, and no longer once it is back', () => {
    const pace = new PatchPace();
    let longest = 0;
    for (let i = 0; i < 100; i++) {
      pace.answered(-1, 0);
      assert.ok(pace.waitMs >= 1000);
      longest = Math.max(longest, pace.waitMs);
    }
    assert.ok(longest > 8000 && longest <= 15_000, String(longest));
    pace.answered(202, 0);
    assert.equal(pace.waitMs, 1000);
  });

  test('a wait that the coordinator has asked for is kept', () => {
    const pace = new PatchPace();
    pace.observe({ ...reply(undefined), status: 429, retryAfterMs: 40_000 });
    pace.answered(429, 0);
    assert.deepEqual([pace.waitMs, pace.demandedMs], [40_000, 40_000]);
    pace.observe(reply(undefined));
    pace.answered(202, 0);
    assert.deepEqual([pace.waitMs, pace.demandedMs], [1000, 0]);
  });

  test('413 and an answer that takes too long make patches smaller, down to 64 KiB', () => {
    const pace = new PatchPace();
    assert.equal(pace.answered(413, 0), true);
    assert.equal(pace.answered(-1, 60_000), false);
    assert.equal(pace.patchSize, 1 << 18);
    pace.answered(-1, 100);
    pace.answered(500, 60_000);
    assert.equal(pace.patchSize, 1 << 18);
    for (let i = 0; i < 10; i++) pace.answered(413, 0);
    assert.equal(pace.patchSize, 1 << 16);
    assert.equal(pace.answered(413, 0), false);
  });
});
