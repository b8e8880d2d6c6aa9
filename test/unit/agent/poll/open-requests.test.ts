import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { OpenRequests } from '../../../../agent/poll/open-requests.ts';

test('whoever waits is told when the last one has ended, and at once when there is none', async () => {
  const requests = new OpenRequests();
  await requests.whenNone();
  const [first, second] = [requests.begin(), requests.begin()];
  let none = false;
  const waiting = requests.whenNone().then(() => (none = true));
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await turn();
  assert.equal(none, false, 'one that ends twice counts once');
  second[Symbol.dispose]();
  await waiting;
});
