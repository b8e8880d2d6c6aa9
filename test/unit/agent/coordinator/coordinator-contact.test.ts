import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoordinatorContact, CoordinatorContacts } from '../../../../agent/coordinator/coordinator-contact.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const never = new AbortController().signal;

describe('CoordinatorContact', () => {
  for (const status of [200, 204, 403, 416])
    test(`${status} after silence wakes whoever waits`, async () => {
      const [contact, clock] = [new CoordinatorContact(), new ManualClock()];
      contact.note(-1);
      const rests = [contact.rest(10_000, clock, never), contact.rest(20_000, clock, never)];
      await clock.advance(1000);
      contact.note(status);
      assert.deepEqual(await Promise.all(rests), [true, true]);
      assert.deepEqual([clock.sleeping, contact.answers], [0, 1]);
    });

  for (const status of [-1, 408, 429, 500, 503])
    test(`${status} wakes nobody`, async () => {
      const [contact, clock] = [new CoordinatorContact(), new ManualClock()];
      contact.note(502);
      const rest = contact.rest(10_000, clock, never);
      await clock.advance(9_999);
      contact.note(status);
      assert.equal(clock.sleeping, 1);
      await clock.advance(1);
      assert.equal(await rest, false);
      assert.equal(contact.answers, 0);
    });

  test('an answer among answers wakes nobody', async () => {
    const [contact, clock] = [new CoordinatorContact(), new ManualClock()];
    contact.note(200);
    const rest = contact.rest(10_000, clock, never);
    contact.note(200);
    await clock.advance(10_000);
    assert.equal(await rest, false);
  });

  test('is one for each URL', () => {
    const contacts = new CoordinatorContacts();
    assert.equal(contacts.of('http://one'), contacts.of('http://one'));
    assert.notEqual(contacts.of('http://one'), contacts.of('http://two'));
  });

  test('a wait ends with its signal', async () => {
    const reason = new Error('no time left');
    const controller = new AbortController();
    const rest = new CoordinatorContact().rest(10_000, new ManualClock(), controller.signal);
    controller.abort(reason);
    await assert.rejects(rest, reason);
  });
});
