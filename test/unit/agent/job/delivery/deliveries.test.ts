import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { CoordinatorContact } from '../../../../../agent/coordinator/coordinator-contact.ts';
import { DeliveryFixture as Fixture } from '../../../../support/delivery-fixture.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const hour = 3_600_000;

describe('Deliveries', () => {
  test('a result that is taken at once: nothing waits', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    await f.deliveries.add(f.parcel(1));
    assert.deepEqual([f.released, f.deliveries.count, f.clock.sleeping], [['1 removed'], 0, 0]);
    assert.equal(f.server.trace.toString(), 'trace of 1\n');
    assert.match(f.log.lines.join('\n'), /Job ended.*report=accepted/);
  });

  test('a coordinator that is away holds no slot, and gets the result hours later', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.awayUntil = 5 * hour;
    const slot = await f.add(f.parcel(1));
    assert.deepEqual([slot.at, f.deliveries.count, f.deliveries.bytes], [0, 1, 11]);
    await f.clock.advance(5 * hour - 1000);
    assert.deepEqual(f.released, []);
    await f.clock.advance(17_000);
    assert.deepEqual([f.released, f.deliveries.count, f.deliveries.bytes], [['1 removed'], 0, 0]);
    assert.equal(f.server.trace.toString(), 'trace of 1\n');
    const loud = f.log.lines.filter((line) => /^WARNING.*trying again/.test(line));
    assert.ok(loud.length > 5 && loud.length < 15, f.log.lines.slice(0, 3).join('\n'));
  });

  test('one that hangs frees the slot after five seconds', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.patchReplies.push({ takesMs: 60_000, status: -1 });
    const slot = await f.add(f.parcel(1));
    await f.clock.advance(4999);
    assert.equal(slot.at, -1);
    await f.clock.advance(1);
    assert.equal(slot.at, 5000);
    await f.clock.advance(70_000);
    assert.deepEqual(f.released, ['1 removed']);
  });

  test('one that asks for patience (202) frees it at once', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.putReplies.push({ status: 202, updateInterval: 30 });
    const slot = await f.add(f.parcel(1));
    assert.deepEqual([slot.at, f.released], [0, []]);
    await f.clock.advance(30_000);
    assert.deepEqual(f.released, ['1 removed']);
  });

  test('a piece of trace that is under way at the end is waited for, but not for long', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.patchReplies.push({ takesMs: 600_000 });
    const parcel = f.parcel(1);
    parcel.sender.start();
    await f.clock.advance(1000);
    const begin = f.clock.now();
    const slot = await f.add(parcel);
    await f.clock.advance(3000);
    assert.deepEqual([slot.at - begin, f.released], [2500, ['1 removed']]);
    assert.equal(f.server.trace.toString(), 'trace of 1\n');
  });

  test('one answer after an outage wakes all that wait, four at a time', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    const contact = new CoordinatorContact();
    f.server.contact = contact;
    f.server.awayUntil = hour;
    contact.note(-1);
    for (let id = 1; id <= 12; id++) await f.add(f.parcel(id));
    await f.clock.advance(hour);
    f.server.trace = Buffer.alloc(0);
    f.server.seen.length = 0;
    f.server.patchReplies.push(...Array.from({ length: 12 }, () => ({ takesMs: 100, status: 202 })));
    contact.note(204);
    await f.clock.advance(50);
    assert.equal(f.server.patches.length, 4);
    await f.clock.advance(250);
    assert.equal(f.released.length, 12);
  });

  test('results that an earlier process has left go four at a time, too; a job that has ended now goes before them', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.patchReplies.push(...Array.from({ length: 13 }, () => ({ takesMs: 100, status: 202 })));
    for (let id = 1; id <= 12; id++) void f.deliveries.add(f.parcel(id, { endedAt: -hour }));
    await f.clock.advance(0);
    assert.equal(f.server.patches.length, 4);
    void f.deliveries.add(f.parcel(13));
    await f.clock.advance(0);
    assert.equal(f.server.patches.length, 5);
    await f.clock.advance(350);
    assert.equal(f.released.length, 13);
  });

  test('one that refuses the job has the last word', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.putReplies.push({ status: 403 });
    await f.deliveries.add(f.parcel(1));
    assert.deepEqual(f.released, ['1 removed']);
    assert.match(f.log.lines.join('\n'), /report=refused/);
  });
});

describe('Deliveries and results that nobody takes', () => {
  test('after too many failing rounds it is tried every hour, and taken in the end', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.putReplies.push(...Array.from({ length: 4 }, () => ({ status: 409 })));
    await f.add(f.parcel(1, { retryLimit: 2 }));
    await f.clock.advance(10_000);
    assert.deepEqual([f.server.puts.length, f.released], [2, []]);
    assert.match(f.log.lines.join('\n'), /does not take the result/);
    await f.clock.advance(2 * hour + 10_000);
    assert.deepEqual([f.server.puts.length, f.released], [4, []]);
    await f.clock.advance(hour);
    assert.deepEqual(f.released, ['1 removed']);
  });

  test('after a day it is removed, with a line in the log', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.awayUntil = Infinity;
    await f.add(f.parcel(1));
    await f.clock.advance(24 * hour - 1000);
    assert.deepEqual(f.released, []);
    await f.clock.advance(1000);
    assert.deepEqual([f.released, f.deliveries.count], [['1 removed'], 0]);
    assert.match(f.log.lines.join('\n'), /in 24 hours/);
  });

  test('one that is found on disk after a day is tried for ten minutes all the same', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.awayUntil = 500_000;
    await f.add(f.parcel(1, { endedAt: -48 * hour }));
    await f.clock.advance(520_000);
    assert.deepEqual(f.released, ['1 removed']);
    assert.equal(f.server.puts.length, 1);
  });

  test('at the end of the process they stay on disk', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.awayUntil = Infinity;
    for (const id of [1, 2]) await f.add(f.parcel(id));
    const patience = new AbortController();
    const left = f.deliveries.idle(patience.signal);
    await f.clock.advance(30_000);
    patience.abort();
    assert.equal(await left, 2);
    assert.equal(await f.deliveries.stop(), 2);
    assert.deepEqual(f.released, ['1 kept', '2 kept']);
    await f.deliveries.add(f.parcel(3));
    assert.equal(f.released.at(-1), '3 kept');
    assert.equal(f.clock.sleeping, 0);
  });

  test('idle ends when the last one is taken', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.awayUntil = 60_000;
    for (const id of [1, 2]) await f.add(f.parcel(id));
    const idle = f.deliveries.idle(new AbortController().signal);
    await f.clock.advance(80_000);
    assert.equal(await idle, 0);
  });
});

describe('room for traces', () => {
  test('too much of waiting traces holds back the asking until some is taken, and says so once', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    const { room } = f.deliveries;
    room.limit = 20;
    f.server.awayUntil = 60_000;
    const never = new AbortController().signal;
    await f.add(f.parcel(1));
    await room.wait(never);
    await f.add(f.parcel(2));
    assert.equal(room.enough, false);
    const waits = [room.wait(never), room.wait(never)];
    const stop = new AbortController();
    const stopped = room.wait(stop.signal);
    stop.abort();
    await stopped;
    await f.clock.advance(80_000);
    await Promise.all(waits);
    const said = f.log.lines.filter((line) => /asked for/.test(line));
    assert.deepEqual([said.length, /bytes=22/.test(said[0] ?? '')], [2, true]);
  });

  test('a higher limit makes room', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    f.server.awayUntil = Infinity;
    await f.add(f.parcel(1));
    f.deliveries.room.limit = 5;
    const wait = f.deliveries.room.wait(new AbortController().signal);
    f.deliveries.room.limit = 50;
    await wait;
    await f.deliveries.stop();
  });

  test('a disk that takes nothing holds it back too, until a job could be written down', async () => {
    await using dir = await tempDir();
    const f = new Fixture(dir);
    const { room } = f.deliveries;
    const stateDir = dir.file('state');
    await writeFile(stateDir, 'a file where the directory should be');
    room.noDisk(stateDir);
    room.noDisk(stateDir);
    const wait = room.wait(new AbortController().signal);
    await f.clock.advance(20_000);
    assert.equal(room.enough, false);
    await rm(stateDir);
    await f.clock.advance(5000);
    await wait;
    assert.deepEqual([room.enough, f.clock.sleeping, await readdir(stateDir)], [true, 0, ['jobs']]);
    assert.equal(f.log.lines.filter((line) => /asked for/.test(line)).length, 2);
  });
});
