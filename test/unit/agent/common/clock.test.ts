import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { systemClock } from '../../../../agent/common/clock.ts';

test('a sleep takes its time and leaves no listener', async () => {
  const { signal } = new AbortController();
  const begin = systemClock.now();
  await systemClock.sleep(20, signal);
  assert.ok(systemClock.now() - begin >= 19);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('an abort ends a sleep with its reason, also one without end', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(Infinity, controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(sleeping, /enough/);
  await assert.rejects(systemClock.sleep(10, controller.signal), /enough/);
});

test('a wait beyond the longest timer does not fire at once', async () => {
  const controller = new AbortController();
  let over = false;
  const sleeping = systemClock.sleep(2 ** 40, controller.signal).then(() => (over = true));
  await systemClock.sleep(10);
  assert.equal(over, false);
  controller.abort(new Error('enough'));
  await assert.rejects(sleeping, /enough/);
});
