import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobOffer } from '../../../../agent/coordinator/job-offer.ts';
import { jobOffer } from '../../../support/poll-fixtures.ts';
import { askedAt, startPolling } from '../../../support/poll-stage.ts';

const refused: JobOffer = { kind: 'refused', message: '403 Forbidden' };
const failed = (status: number): JobOffer => ({ kind: 'error', status, message: 'trouble' });

describe('request_concurrency', () => {
  const never = (): Promise<JobOffer> => new Promise(() => undefined);
  const keys = (adaptive: boolean): object => ({
    request_concurrency: 3,
    feature_flags: { FF_USE_ADAPTIVE_REQUEST_CONCURRENCY: adaptive },
  });

  test('one request is under way by default', async (t) => {
    const stage = startPolling(t, { concurrent: 9, prepare: (coordinator) => coordinator.otherwise(never) });
    await stage.clock.advance(20_000);
    assert.equal(stage.coordinator.mostOpen, 1);
  });

  test('three with 3, one interval apart', async (t) => {
    const stage = startPolling(t, {
      concurrent: 9,
      keys: keys(false),
      prepare: (coordinator) => coordinator.otherwise(never),
    });
    await stage.clock.advance(20_000);
    assert.deepEqual([askedAt(stage), stage.coordinator.mostOpen], [[0, 2000, 4000], 3]);
  });

  test('the adaptive limit stays at one until jobs come', async (t) => {
    const stage = startPolling(t, {
      concurrent: 20,
      keys: keys(true),
      prepare: (coordinator) => coordinator.otherwise(never),
    });
    await stage.clock.advance(20_000);
    assert.equal(stage.coordinator.mostOpen, 1);
    const busy = startPolling(t, { concurrent: 20, keys: keys(true) });
    busy.coordinator.answer(...Array.from({ length: 8 }, (_, id) => jobOffer(id + 1)));
    busy.coordinator.otherwise(never);
    await busy.clock.advance(20_000);
    assert.equal(busy.coordinator.mostOpen, 2);
  });
});

describe('last_update', () => {
  test('the value of the last answer that had one goes with the next request (C24)', async (t) => {
    const answers: JobOffer[] = [
      { kind: 'none', lastUpdate: 'u1' },
      { kind: 'none', lastUpdate: undefined },
      { kind: 'none', lastUpdate: 'u2' },
      failed(503),
    ];
    const stage = startPolling(t, { prepare: (coordinator) => coordinator.answer(...answers) });
    await stage.clock.advance(8000);
    assert.deepEqual(
      stage.coordinator.asked.map(({ lastUpdate }) => lastUpdate),
      [undefined, 'u1', 'u1', 'u2', 'u2'],
    );
  });

  test('it is left out while a held request would keep others from asking', async (t) => {
    const stage = startPolling(t, { mayHold: false });
    await stage.clock.advance(2000);
    assert.deepEqual(stage.coordinator.asked[1]?.lastUpdate, undefined);
  });
});

describe('health', () => {
  test('three 403 in a row stop the requests for unhealthy_interval (C25)', async (t) => {
    const stage = startPolling(t, { prepare: (coordinator) => coordinator.otherwise(() => refused) });
    await stage.clock.advance(3_599_999);
    assert.deepEqual(askedAt(stage), [0, 2000, 4000]);
    stage.coordinator.otherwise(() => ({ kind: 'none', lastUpdate: 'u1' }));
    await stage.clock.advance(2001);
    assert.deepEqual(askedAt(stage).slice(3), [3_600_000, 3_602_000]);
  });

  test('unhealthy_requests_limit and unhealthy_interval are obeyed', async (t) => {
    const keys = { unhealthy_requests_limit: 2, unhealthy_interval: '10s' };
    const stage = startPolling(t, { keys, prepare: (coordinator) => coordinator.otherwise(() => refused) });
    await stage.clock.advance(12_000);
    assert.deepEqual(askedAt(stage), [0, 2000, 10_000, 12_000]);
  });

  test('requests that cannot be made count, other trouble does not', async (t) => {
    const stage = startPolling(t, { prepare: (coordinator) => coordinator.otherwise(() => failed(-100)) });
    await stage.clock.advance(10_000);
    assert.equal(stage.coordinator.asked.length, 3);
    const other = startPolling(t, { prepare: (coordinator) => coordinator.otherwise(() => failed(-1)) });
    await other.clock.advance(10_000);
    assert.equal(other.coordinator.asked.length, 6);
  });
});

describe('stopping', () => {
  test('no request after the stop; a job that an open request brings is still run', async (t) => {
    const held = Promise.withResolvers<JobOffer>();
    const stage = startPolling(t, { prepare: (coordinator) => coordinator.answer(held.promise) });
    await stage.clock.advance(100);
    stage.stop.abort();
    await stage.ended;
    held.resolve(jobOffer(1));
    await stage.clock.advance(10_000);
    assert.deepEqual([stage.jobs.ids, stage.coordinator.asked.length], [[1], 1]);
    assert.equal(stage.slots.free, 1, 'the job holds its place');
    stage.jobs.end(1);
    await stage.slots.whenIdle();
  });

  test('a loop that waits for a place ends at once', async (t) => {
    const stage = startPolling(t, { concurrent: 1, prepare: (coordinator) => coordinator.answer(jobOffer(1)) });
    await stage.clock.advance(1);
    stage.stop.abort();
    await stage.ended;
    assert.equal(stage.coordinator.asked.length, 1);
  });

  test('a stop in the moment a place is granted: no request any more, and the place is free', async (t) => {
    for (let ticks = 0; ticks < 24; ticks++) {
      const stage = startPolling(t, { concurrent: 1 });
      const taken = await stage.slots.reserve('another', new AbortController().signal);
      await stage.clock.advance(2000);
      taken.release();
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      const before = stage.coordinator.asked.length;
      stage.stop.abort();
      await stage.clock.advance(2000);
      assert.deepEqual([stage.coordinator.asked.length, stage.slots.free], [before, 1], `stopped after ${ticks} ticks`);
    }
  });

  test('a request that is given up frees its place without a word', async (t) => {
    const stage = startPolling(t, { prepare: (coordinator) => coordinator.answer(new Promise(() => undefined)) });
    await stage.clock.advance(1);
    stage.stop.abort();
    stage.giveUp.abort(new Error('the agent stops'));
    await stage.slots.whenIdle();
    assert.deepEqual(stage.lines, []);
  });
});
