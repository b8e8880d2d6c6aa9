import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { traceSenderFixture as fixture } from '../../../support/trace-sender-fixture.ts';

const never = new AbortController().signal;

describe('TraceSender at the end', () => {
  test('stop waits for the patch under way, flush sends the rest without an interval', async () => {
    await using f = fixture({ interval: 60, patches: [{ takesMs: 2000 }] });
    f.write('a');
    await f.clock.advance(200);
    f.write('b');
    let over = false;
    const stopped = f.sender.stop().then(() => (over = true));
    await f.clock.advance(1000);
    assert.equal(over, false);
    await f.clock.advance(1000);
    await stopped;
    assert.deepEqual(await f.sender.flush(never), { kind: 'sent' });
    assert.equal(f.server.trace.toString(), 'ab');
    assert.deepEqual(f.statuses, []);
  });

  test('stop does not wait for a keep-alive update', async () => {
    await using f = fixture();
    f.server.putReplies.push({ takesMs: 100_000 });
    await f.clock.advance(10_000);
    assert.equal(f.server.puts.length, 1);
    await f.sender.stop();
  });

  test('stop with an aborted signal does not wait for a patch either', async () => {
    await using f = fixture({ patches: [{ takesMs: 100_000 }] });
    f.write('a');
    await f.clock.advance(200);
    await f.sender.stop(AbortSignal.abort());
    assert.equal(f.sender.offset, 0);
  });

  test('flush: 404 gives the trace up, 500 is for later, 416 is mended', async () => {
    const outcomes = [];
    for (const reply of [{ status: 404 }, { status: 500 }, { status: 416, storedBytes: 2 }]) {
      await using f = fixture();
      await f.sender.stop();
      f.write('abcd');
      f.server.trace = Buffer.from('ab');
      f.server.patchReplies.push(reply);
      const flushed = f.sender.flush(never);
      await f.clock.advance(5000);
      outcomes.push((await flushed).kind);
      if (reply.status === 416) assert.equal(f.server.trace.toString(), 'abcd');
    }
    assert.deepEqual(outcomes, ['refused', 'failed', 'sent']);
  });

  test('flush ends with its signal', async () => {
    await using f = fixture({ patches: [{ takesMs: 100_000 }] });
    await f.sender.stop();
    f.write('a');
    const reason = new Error('no time left');
    const controller = new AbortController();
    const flushed = f.sender.flush(controller.signal);
    controller.abort(reason);
    await assert.rejects(flushed, reason);
  });

  test('rewind sends all again', async () => {
    await using f = fixture();
    f.write('all');
    await f.clock.advance(200);
    await f.sender.stop();
    f.server.trace = Buffer.alloc(0);
    f.sender.rewind();
    await f.sender.flush(never);
    assert.equal(f.server.trace.toString(), 'all');
  });
});
