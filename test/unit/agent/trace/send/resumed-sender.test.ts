import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TraceSender, type TraceSenderOptions } from '../../../../../agent/trace/send-trace.ts';
import { MemoryTrace } from '../../../../../agent/trace/send/memory-trace.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { ScriptedCoordinator } from '../../../../support/scripted-coordinator.ts';

const never = new AbortController().signal;

/** A sender of ten bytes; the coordinator holds the first `held` of them. */
function resumed(held: number, options: Partial<TraceSenderOptions> = {}) {
  const clock = new ManualClock();
  const server = new ScriptedCoordinator(clock);
  server.trace = Buffer.from('0123456789').subarray(0, held);
  const offsets: number[] = [];
  const sender = new TraceSender({
    coordinator: server.coordinator,
    job: { id: 7, token: 'job-token' },
    spool: new MemoryTrace('0123456789'),
    debugTrace: false,
    clock,
    onStatus: () => {},
    onAccepted: (offset) => void offsets.push(offset),
    ...options,
  });
  return { clock, server, offsets, sender };
}

describe('a sender that goes on where another one was', () => {
  test('begins at the offset that it is given, and tells what is accepted', async () => {
    const { server, offsets, sender, clock } = resumed(4, { offset: 4 });
    sender.start();
    await clock.advance(200);
    assert.deepEqual([server.patches[0]?.offset, server.trace.toString(), offsets], [4, '0123456789', [10]]);
    await sender.stop();
  });

  test('an offset that is not true any more is put right, to either side', async () => {
    for (const held of [2, 7]) {
      const { server, offsets, sender, clock } = resumed(held, { offset: 4 });
      const flushed = sender.flush(never);
      await clock.advance(5000);
      assert.deepEqual(await flushed, { kind: 'sent' });
      assert.deepEqual([server.trace.toString(), offsets], ['0123456789', [held, 10]]);
    }
  });

  test('one beyond the end of the trace counts as the end', async () => {
    const { server, sender } = resumed(10, { offset: 99 });
    assert.deepEqual([sender.offset, await sender.flush(never)], [10, { kind: 'sent' }]);
    assert.equal(server.seen.length, 0);
  });

  test('a trace that has to be sent again from the start is told, too', () => {
    const { offsets, sender } = resumed(10, { offset: 10 });
    sender.rewind();
    assert.deepEqual([offsets, sender.offset], [[0], 0]);
  });
});

describe('a sender that is let go', () => {
  test('sends nothing more and tells nothing more; a piece under way still counts', async () => {
    const statuses: string[] = [];
    const { clock, server, offsets, sender } = resumed(0, { onStatus: (status) => void statuses.push(status) });
    server.patchReplies.push({ takesMs: 1000, jobStatus: 'canceling' });
    sender.start();
    await clock.advance(200);
    sender.detach();
    sender.detach();
    await clock.advance(60_000);
    assert.deepEqual([server.seen.length, offsets, statuses], [1, [10], []]);
    assert.equal(clock.sleeping, 0);
  });
});
