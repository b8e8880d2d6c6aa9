import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { JobSlots, type Reservation } from '../../../../agent/poll/job-slots.ts';

const never = new AbortController().signal;

/** Notes when a reservation is granted, without waiting for it. */
function ask(slots: JobSlots, entry: string, granted: string[], signal = never): Promise<Reservation> {
  const waiting = slots.reserve(entry, signal);
  void waiting.then(
    () => granted.push(entry),
    () => undefined,
  );
  return waiting;
}

describe('places', () => {
  test('never more than concurrent, and the next one as soon as one is free', async () => {
    const slots = new JobSlots(2);
    const granted: string[] = [];
    const [first] = [await ask(slots, 'a', granted), await ask(slots, 'a', granted)];
    const third = ask(slots, 'a', granted);
    await turn();
    assert.deepEqual([granted.length, slots.free], [2, 0]);
    first.release();
    await third;
    assert.equal(granted.length, 3);
  });

  test('whoever waits longest is next: a busy entry does not starve another', async () => {
    const slots = new JobSlots(1);
    const granted: string[] = [];
    let place = await ask(slots, 'a', granted);
    const later = [ask(slots, 'b', granted), ask(slots, 'a', granted), ask(slots, 'c', granted)];
    for (const next of later) {
      place.release();
      place = await next;
    }
    assert.deepEqual(granted, ['a', 'b', 'a', 'c']);
  });

  test('limit bounds its entry only, and waiting for it takes no place of others', async () => {
    const slots = new JobSlots(2);
    slots.setLimit('a', 1);
    const granted: string[] = [];
    const first = await ask(slots, 'a', granted);
    const second = ask(slots, 'a', granted);
    await ask(slots, 'b', granted);
    assert.deepEqual(granted, ['a', 'b']);
    first.release();
    await second;
  });

  test('a limit of 0 is none, and a raised bound is used at once', async () => {
    const slots = new JobSlots(1);
    slots.setLimit('a', 0);
    const granted: string[] = [];
    await ask(slots, 'a', granted);
    const second = ask(slots, 'a', granted);
    slots.concurrent = 2;
    await second;
    assert.equal(slots.free, 0);
  });

  test('a lowered bound takes nothing away', async () => {
    const slots = new JobSlots(3);
    const held = [await slots.reserve('a', never), await slots.reserve('a', never)];
    slots.concurrent = 1;
    assert.equal(slots.free, 0);
    const granted: string[] = [];
    const third = ask(slots, 'a', granted);
    held[0]?.release();
    await turn();
    assert.deepEqual(granted, []);
    held[1]?.release();
    await third;
  });

  test('releasing twice frees one place', async () => {
    const slots = new JobSlots(1);
    const first = await slots.reserve('a', never);
    first.release();
    const second = await slots.reserve('a', never);
    first.release();
    await turn();
    assert.equal(slots.free, 0);
    second.release();
  });
});

describe('waiting ends with the signal', () => {
  test('the one who waits is gone, the others move up', async () => {
    const slots = new JobSlots(1);
    const granted: string[] = [];
    const first = await ask(slots, 'a', granted);
    const stop = new AbortController();
    const second = ask(slots, 'b', granted, stop.signal);
    const third = ask(slots, 'c', granted);
    stop.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    first.release();
    await third;
    assert.deepEqual(granted, ['a', 'c']);
  });

  test('an abort while waiting for concurrent gives the limit back', async () => {
    const slots = new JobSlots(1);
    slots.setLimit('b', 1);
    const first = await slots.reserve('a', never);
    const stop = new AbortController();
    const second = slots.reserve('b', stop.signal);
    await turn();
    stop.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    first.release();
    await slots.reserve('b', never);
  });

  test('a place that is held stays held when the signal aborts', async () => {
    const slots = new JobSlots(1);
    const stop = new AbortController();
    const place = await slots.reserve('a', stop.signal);
    stop.abort();
    await turn();
    assert.equal(slots.free, 0);
    let idle = false;
    const waiting = slots.whenIdle().then(() => (idle = true));
    await turn();
    assert.equal(idle, false);
    place.release();
    await waiting;
  });
});

test('an abort in the moment of the grant leaves the place either free or held, never both', async () => {
  for (let ticks = 0; ticks < 16; ticks++) {
    const slots = new JobSlots(1);
    const first = await slots.reserve('a', never);
    const stop = new AbortController();
    const second = slots.reserve('a', stop.signal).catch(() => undefined);
    await turn();
    first.release();
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    stop.abort();
    const place = await second;
    await turn();
    assert.equal(slots.free, place === undefined ? 1 : 0, `aborted after ${ticks} ticks`);
  }
});

describe('numbers', () => {
  test('the lowest free ones: of the entry, and of the project within it', async () => {
    const slots = new JobSlots(4);
    const places = await Promise.all(['a', 'a', 'a', 'b'].map((entry) => slots.reserve(entry, never)));
    const numbers = [7, 7, 8, 7].map((project, index) => places[index]?.assign(project));
    assert.deepEqual(numbers, [
      { concurrentId: 0, projectSlot: 0 },
      { concurrentId: 1, projectSlot: 1 },
      { concurrentId: 2, projectSlot: 0 },
      { concurrentId: 0, projectSlot: 0 },
    ]);
    places[0]?.release();
    const next = await slots.reserve('a', never);
    assert.deepEqual(next.assign(8), { concurrentId: 0, projectSlot: 1 });
  });

  test('a job that runs already keeps its numbers, and counts', async () => {
    const slots = new JobSlots(2);
    const resumed = slots.restore('a', { concurrentId: 1, projectSlot: 3 }, 7);
    const place = await slots.reserve('a', never);
    assert.deepEqual(place.assign(7), { concurrentId: 0, projectSlot: 0 });
    assert.equal(slots.free, 0);
    resumed.release();
    await turn();
    assert.equal(slots.free, 1);
    assert.deepEqual((await slots.reserve('a', never)).assign(7), { concurrentId: 1, projectSlot: 1 });
  });

  test('more resumed jobs than places: no other job until there is room', async () => {
    const slots = new JobSlots(1);
    const [one, other] = [0, 1].map((id) => slots.restore('a', { concurrentId: id, projectSlot: id }, 7));
    let granted = false;
    const waiting = slots.reserve('a', never).then(() => (granted = true));
    one?.release();
    await turn();
    assert.equal(granted, false);
    other?.release();
    await waiting;
  });

  test('a reserved place without a job takes no number', async () => {
    const slots = new JobSlots(3);
    await slots.reserve('a', never);
    const second = await slots.reserve('a', never);
    assert.deepEqual(second.assign(7), { concurrentId: 0, projectSlot: 0 });
  });
});
