import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { onAbort, raceAbort, whenAborted } from '../../../../agent/common/abort.ts';

test('onAbort hears an abort once, also one that has happened', () => {
  const heard: unknown[] = [];
  const controller = new AbortController();
  onAbort(controller.signal, (reason) => heard.push(reason));
  controller.abort('first');
  controller.abort('second');
  onAbort(controller.signal, (reason) => heard.push(reason));
  assert.deepEqual(heard, ['first', 'first']);
});

test('a disposed listener hears nothing and leaves nothing behind', () => {
  const controller = new AbortController();
  {
    using _ = onAbort(controller.signal, () => assert.fail());
    assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
  }
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  controller.abort();
});

test('raceAbort settles as the promise does, or with the reason', async () => {
  const controller = new AbortController();
  assert.equal(await raceAbort(Promise.resolve(5), controller.signal), 5);
  await assert.rejects(raceAbort(Promise.reject(new Error('own')), controller.signal), /own/);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  const waiting = raceAbort(new Promise(() => undefined), controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});

test('whenAborted resolves', async () => {
  const controller = new AbortController();
  const waiting = whenAborted(controller.signal);
  controller.abort(new Error('enough'));
  await waiting;
});
