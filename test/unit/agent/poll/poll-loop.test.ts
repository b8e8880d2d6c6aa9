import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProtocolError } from '#protocol/protocol-error.ts';
import type { JobOffer } from '../../../../agent/coordinator/job-offer.ts';
import type { PolledCoordinator } from '../../../support/polled-coordinator.ts';
import { jobOffer } from '../../../support/poll-fixtures.ts';
import { askedAt, startPolling } from '../../../support/poll-stage.ts';

const failed = (status: number): JobOffer => ({ kind: 'error', status, message: 'trouble' });

describe('cadence', () => {
  test('an idle runner asks at once and then every check_interval', async (t) => {
    const stage = startPolling(t);
    await stage.clock.advance(6000);
    assert.deepEqual(askedAt(stage), [0, 2000, 4000, 6000]);
  });

  test('the phase spreads the second request only', async (t) => {
    const stage = startPolling(t, { phase: 0.5 });
    await stage.clock.advance(5000);
    assert.deepEqual(askedAt(stage), [0, 1000, 3000, 5000]);
  });

  test('after a job it asks again at once', async (t) => {
    const stage = startPolling(t, {
      concurrent: 3,
      prepare: (coordinator) => coordinator.answer(jobOffer(1), jobOffer(2)),
    });
    await stage.clock.advance(2000);
    assert.deepEqual(askedAt(stage), [0, 0, 0, 2000]);
    assert.deepEqual(stage.jobs.ids, [1, 2]);
  });

  test('with strict_check_interval it waits after a job as well', async (t) => {
    const settings = {
      keys: { strict_check_interval: true },
      prepare: (fake: PolledCoordinator) => fake.answer(jobOffer(1)),
    };
    const stage = startPolling(t, settings);
    await stage.clock.advance(4000);
    assert.deepEqual(askedAt(stage), [0, 2000, 4000]);
  });

  test('a held answer delays nothing but the next request', async (t) => {
    const held = Promise.withResolvers<JobOffer>();
    const stage = startPolling(t, { prepare: (coordinator) => coordinator.answer(held.promise) });
    await stage.clock.advance(50_000);
    assert.deepEqual(askedAt(stage), [0]);
    held.resolve({ kind: 'none', lastUpdate: undefined });
    await stage.clock.advance(2000);
    assert.deepEqual(askedAt(stage), [0, 50_000, 52_000]);
  });

  test('trouble of any kind is asked again at the next interval, and logged once', async (t) => {
    const stage = startPolling(t, {
      prepare: (coordinator) => coordinator.answer(failed(503), failed(503), failed(-1), failed(409)),
    });
    await stage.clock.advance(8000);
    assert.deepEqual(askedAt(stage), [0, 2000, 4000, 6000, 8000]);
    assert.deepEqual(stage.lines.filter((line) => line.startsWith('WARNING')).length, 3);
    assert.match(stage.lines.at(-1) ?? '', /works again/);
  });
});

describe('places', () => {
  test('no request without a free place; the next one as soon as a job has ended', async (t) => {
    const stage = startPolling(t, { concurrent: 1, prepare: (coordinator) => coordinator.answer(jobOffer(1)) });
    await stage.clock.advance(10_000);
    assert.deepEqual(askedAt(stage), [0]);
    stage.jobs.end(1);
    await stage.clock.advance(1);
    assert.deepEqual(askedAt(stage), [0, 10_000]);
  });

  test('limit bounds the jobs of the entry, and a raised one is used without waiting for a job to end', async (t) => {
    const answers = [jobOffer(1), jobOffer(2)];
    const stage = startPolling(t, {
      concurrent: 4,
      keys: { limit: 1 },
      prepare: (coordinator) => coordinator.answer(...answers),
    });
    await stage.clock.advance(2000);
    assert.deepEqual(stage.jobs.ids, [1]);
    stage.loop.replace(stage.entry({ limit: 2 }));
    await stage.clock.advance(1);
    assert.deepEqual(stage.jobs.ids, [1, 2]);
  });

  test('jobs get the lowest free numbers', async (t) => {
    const answers = [jobOffer(1, 7), jobOffer(2, 7), jobOffer(3, 8)];
    const stage = startPolling(t, { concurrent: 4, prepare: (coordinator) => coordinator.answer(...answers) });
    await stage.clock.advance(1);
    const slots = stage.jobs.started.map(({ slot }) => [slot.concurrentId, slot.projectSlot]);
    assert.deepEqual(slots, [
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
  });

  test('a malformed job is handed on like any other', async (t) => {
    const payload = new ProtocolError('job payload', 'image', 'an object', 'a string');
    const offer: JobOffer = { kind: 'job', job: { id: 9, token: 'glcbt-9', payload, failureReasons: [] } };
    const stage = startPolling(t, { prepare: (coordinator) => coordinator.answer(offer) });
    await stage.clock.advance(1);
    assert.deepEqual(stage.jobs.ids, [9]);
    assert.equal(stage.jobs.started[0]?.received.payload, payload);
  });

  test('a request that breaks off costs no place and does not end the asking', async (t) => {
    const broken = startPolling(t, { concurrent: 1 });
    broken.coordinator.otherwise(() => Promise.reject(new Error('bug')));
    await broken.clock.advance(4000);
    assert.deepEqual(askedAt(broken), [0, 2000, 4000]);
    assert.match(broken.lines.join(''), /broke off.*bug/);
  });
});
