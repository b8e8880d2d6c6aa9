import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { traceSenderFixture as fixture } from '../../../support/trace-sender-fixture.ts';

const never = new AbortController().signal;

describe('TraceSender while the job runs', () => {
  test('sends the first bytes within 200 ms, together with those that follow at once', async () => {
    await using f = fixture();
    await f.clock.advance(3000);
    f.write('This is ');
    await f.clock.advance(50);
    f.write('a line\n');
    await f.clock.advance(150);
    assert.equal(f.server.trace.toString(), 'This is a line\n');
    assert.equal(f.server.patches.length, 1);
    assert.ok((f.server.patches[0]?.at ?? Infinity) <= 3200);
  });

  test('then sends once in a second, or as the coordinator says', async () => {
    for (const [interval, gap] of [
      [undefined, 1000],
      [1, 1000],
      [4, 4000],
    ] as const) {
      await using f = fixture(interval === undefined ? {} : { interval });
      for (let i = 0; i < 100; i++) {
        f.write(`line ${i}\n`);
        await f.clock.advance(100);
      }
      const times = f.server.patches.map((patch) => patch.at);
      assert.ok(times.length > 2);
      for (let i = 1; i < times.length; i++) assert.equal(times[i]! - times[i - 1]!, gap);
    }
  });

  test('patches are contiguous, at most 1 MiB, and many in a row when there is much to send', async () => {
    await using f = fixture();
    const big = Buffer.alloc(3_500_000, 'x');
    f.write(big);
    await f.clock.advance(200);
    assert.deepEqual(
      f.server.patches.map((patch) => [patch.offset, patch.bytes.length]),
      [
        [0, 1 << 20],
        [1 << 20, 1 << 20],
        [2 << 20, 1 << 20],
        [3 << 20, 3_500_000 - (3 << 20)],
      ],
    );
    assert.equal(f.server.trace.compare(big), 0);
  });

  test('after 416 it goes on from what the coordinator holds, or from the start', async () => {
    await using f = fixture({
      patches: [{}, { status: 416, storedBytes: 10 }, {}, { status: 416, storedBytes: undefined }],
    });
    f.write('17 bytes of trace');
    await f.clock.advance(200);
    assert.deepEqual([f.server.patches[0]?.offset, f.sender.offset], [0, 17]);
    f.server.trace = f.server.trace.subarray(0, 10);
    f.write(' and more');
    await f.clock.advance(2000);
    assert.deepEqual(
      f.server.patches.slice(1).map((patch) => patch.offset),
      [17, 10],
    );
    assert.equal(f.server.trace.toString(), '17 bytes of trace and more');
    f.write('!');
    await f.clock.advance(5000);
    assert.deepEqual(
      f.server.patches.slice(3).map((patch) => patch.offset),
      [26, 0, 26],
    );
    assert.equal(f.server.trace.toString(), '17 bytes of trace and more!');
  });

  test('an answer that was lost after the bytes arrived doubles nothing', async () => {
    await using f = fixture({ patches: [{ status: -1, stores: true }] });
    f.write('once\n');
    await f.clock.advance(4000);
    assert.equal(f.server.trace.toString(), 'once\n');
  });

  test('400, 404, 409, 500 and no answer are tried again and lose nothing', async () => {
    for (const status of [400, 404, 409, 500, 502, -1]) {
      await using f = fixture({ patches: [{ status }, { status }, { status }] });
      f.write('kept\n');
      await f.clock.advance(8000);
      assert.equal(f.server.trace.toString(), 'kept\n', String(status));
      assert.deepEqual(
        f.server.patches.map((patch) => patch.offset),
        [0, 0, 0, 0],
      );
      assert.deepEqual(f.statuses, []);
    }
  });

  test('413 makes the patches smaller', async () => {
    await using f = fixture({ patches: [{ status: 413 }, { status: 413 }] });
    f.write(Buffer.alloc(1_000_000, 'x'));
    await f.clock.advance(5000);
    assert.equal(f.server.trace.length, 1_000_000);
    assert.equal(f.server.patches.at(2)?.bytes.length, 1 << 18);
  });

  test('slow answers are waited for, one request at a time', async () => {
    await using f = fixture({ patches: [{ takesMs: 3000 }] });
    f.write('a');
    await f.clock.advance(1500);
    f.write('b');
    await f.clock.advance(1500);
    assert.equal(f.server.patches.length, 1);
    await f.clock.advance(500);
    assert.deepEqual(
      f.server.patches.map((patch) => patch.bytes.toString()),
      ['a', 'b'],
    );
  });
});

describe('TraceSender and what the coordinator wants', () => {
  test('canceling is told once and the trace goes on', async () => {
    await using f = fixture();
    f.server.jobStatus = 'canceling';
    f.write('a');
    await f.clock.advance(1500);
    f.write('b');
    await f.clock.advance(1500);
    assert.deepEqual(f.statuses, ['cancel']);
    assert.equal(f.server.trace.toString(), 'ab');
  });

  for (const reply of [{ status: 403 }, { jobStatus: 'canceled' }, { jobStatus: 'failed', status: 500 }])
    test(`${JSON.stringify(reply)} is told as an abort, once, and ends the sending`, async () => {
      await using f = fixture({ patches: [reply] });
      f.write('a');
      await f.clock.advance(1000);
      f.write('b');
      await f.clock.advance(30_000);
      assert.deepEqual(f.statuses, ['abort']);
      assert.equal(f.server.seen.length, 1);
      assert.deepEqual(await f.sender.flush(never), { kind: 'refused' });
    });

  test('a silent job says that it lives, with checksum and size, and learns of a cancel within 10 s', async () => {
    await using f = fixture();
    f.write('This is a basic log line');
    await f.clock.advance(42_000);
    assert.equal(f.server.patches.length, 1);
    assert.equal(f.server.puts.length, 4);
    assert.deepEqual(f.server.puts[0]?.update, {
      state: 'running',
      checksum: 'crc32:367dfeeb',
      output: { checksum: 'crc32:367dfeeb', bytesize: 24 },
    });
    f.server.jobStatus = 'canceling';
    await f.clock.advance(10_000);
    assert.deepEqual(f.statuses, ['cancel']);
  });

  test('a coordinator that wants a patch a minute still hears of the job every 10 s', async () => {
    await using f = fixture({ interval: 60 });
    for (let i = 0; i < 59; i++) {
      f.write('x');
      await f.clock.advance(1000);
    }
    assert.equal(f.server.patches.length, 1);
    assert.equal(f.server.puts.length, 6);
    f.write('x');
    await f.clock.advance(1200);
    assert.equal(f.server.patches.length, 2);
  });

  test('while patches are accepted there are no such updates', async () => {
    await using f = fixture();
    for (let i = 0; i < 60; i++) {
      f.write('x');
      await f.clock.advance(1000);
    }
    assert.equal(f.server.puts.length, 0);
  });

  for (const reply of [{ status: 403 }, { status: 404 }, { jobStatus: 'canceled' }])
    test(`such an update answered with ${JSON.stringify(reply)} ends the job`, async () => {
      await using f = fixture();
      f.server.putReplies.push(reply);
      await f.clock.advance(60_000);
      assert.deepEqual(f.statuses, ['abort']);
      assert.equal(f.server.puts.length, 1);
    });
});
