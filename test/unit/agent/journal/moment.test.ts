import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { elapsedMs, momentNow } from '../../../../agent/journal/moment.ts';

describe('elapsedMs', () => {
  const then = { wall: 1000, up: 50, boot: 'one' };

  test('while the machine runs, a clock that is set changes nothing', () => {
    assert.equal(elapsedMs(then, { wall: 9_000_000, up: 150, boot: 'one' }), 100);
  });

  test('after a restart of the machine only the wall clock knows', () => {
    assert.equal(elapsedMs(then, { wall: 4000, up: 3, boot: 'two' }), 3000);
    assert.equal(elapsedMs({ ...then, boot: '' }, { wall: 4000, up: 3, boot: '' }), 3000);
  });

  test('time never runs backwards', () => assert.equal(elapsedMs(then, { wall: 10, up: 3, boot: 'two' }), 0));

  test('another process counts from the same point', () => {
    const now = momentNow();
    assert.ok(now.up > 0);
    assert.ok(elapsedMs(now) < 1000);
  });
});
