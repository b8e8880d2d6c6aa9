import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoordinatorContact } from '../../../../agent/coordinator/coordinator-contact.ts';
import { RoundPatience } from '../../../../agent/result/round-patience.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const never = new AbortController().signal;

function patience(limit = 3) {
  const [clock, contact] = [new ManualClock(), new CoordinatorContact()];
  return { clock, contact, patience: new RoundPatience({ clock, contact, limit }) };
}

describe('rounds that count', () => {
  for (const status of [-1, 502, 503, 504])
    test(`${status} never does`, () => {
      const p = patience();
      for (let i = 0; i < 100; i++) {
        p.contact.note(200);
        assert.equal(p.patience.failed({ status }), true);
      }
      assert.deepEqual([p.patience.rounds, p.patience.last], [100, false]);
    });

  for (const status of [408, 429, 500, 507])
    test(`${status} does not while nobody else fares better, and does when others are answered`, () => {
      const p = patience();
      for (let i = 0; i < 100; i++) {
        p.contact.note(status);
        assert.equal(p.patience.failed({ status }), true);
      }
      for (const more of [true, true, false]) {
        p.contact.note(204);
        p.contact.note(status);
        assert.equal(p.patience.failed({ status }), more);
      }
    });

  for (const status of [400, 401, 409, 413])
    test(`${status} always does`, () => {
      const p = patience();
      assert.deepEqual([p.patience.failed({ status }), p.patience.last], [true, false]);
      assert.deepEqual([p.patience.failed({ status }), p.patience.last], [true, true]);
      assert.equal(p.patience.failed({ status }), false);
    });
});

describe('waits between rounds', () => {
  /** Milliseconds of the next wait, or the time at which an answer ended it. */
  async function waitOf({ clock, patience: rounds, contact }: ReturnType<typeof patience>, answerAt = Infinity) {
    const begin = clock.now();
    const took = { ms: -1 };
    const rest = rounds.rest(never).then(() => (took.ms = clock.now() - begin));
    for (let ms = 0; took.ms < 0; ms += 100) {
      if (ms >= answerAt) contact.note(200);
      await clock.advance(100);
    }
    return await rest;
  }

  test('away: from a second to fifteen; broken: up to five minutes', async () => {
    for (const [status, most] of [
      [503, 15_000],
      [500, 300_000],
    ] as const) {
      const p = patience();
      let longest = 0;
      for (let i = 0; i < 40; i++) {
        p.contact.note(status);
        p.patience.failed({ status });
        const took = await waitOf(p);
        assert.ok(took >= 1000 && took <= most + 100, String(took));
        longest = Math.max(longest, took);
      }
      assert.ok(longest > most / 2, String(longest));
    }
  });

  test('an answer ends a wait at once, but not the next one as well', async () => {
    const p = patience();
    const fail = (): void => {
      p.contact.note(503);
      p.patience.failed({ status: 503 });
    };
    for (let i = 0; i < 12; i++) fail();
    assert.ok((await waitOf(p, 300)) <= 400);
    fail();
    assert.ok((await waitOf(p, 0)) > 900);
    fail();
    assert.ok((await waitOf(p, 300)) <= 400);
  });

  test('an answer does not end the wait of a result that is refused', async () => {
    const p = patience(10);
    p.contact.note(-1);
    p.patience.failed({ status: 409 });
    assert.equal(await waitOf(p, 0), 1000);
  });

  test('one that the coordinator has asked for is kept, whatever it answers to others', async () => {
    const p = patience();
    p.contact.note(503);
    p.patience.failed({ status: 503, retryAfterMs: 60_000 });
    assert.equal(await waitOf(p, 0), 60_000);
  });

  test('without knowledge of other calls it waits all the same', async () => {
    const clock = new ManualClock();
    const rounds = new RoundPatience({ clock, contact: undefined, limit: 3 });
    assert.equal(rounds.failed({ status: -1 }), true);
    const rest = rounds.rest(never);
    assert.equal(clock.sleeping, 1);
    await clock.advance(1000);
    await rest;
  });
});
