import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureReasons } from '#protocol/failure-reason.ts';
import type { JobResult } from '../../../../agent/result/job-result.ts';
import { reportResult, type ReportOutcome, type ReportResultOptions } from '../../../../agent/result/report-result.ts';
import type { ScriptedReply } from '../../../support/scripted-coordinator.ts';
import { traceSenderFixture, type TraceSenderFixture } from '../../../support/trace-sender-fixture.ts';

const success: JobResult = { state: 'success' };
const line = 'This is a basic log line';
const sum = { checksum: 'crc32:367dfeeb', output: { checksum: 'crc32:367dfeeb', bytesize: 24 } };

interface Report {
  readonly outcome: ReportOutcome;
  readonly f: TraceSenderFixture;
  /** When the report was over, milliseconds from its beginning. */
  readonly took: number;
}

/** Reports with the given replies to the final updates; the sender has an unsent line of 24 bytes. */
async function report(
  puts: readonly ScriptedReply[],
  options: Partial<ReportResultOptions> = {},
  prepare: (f: TraceSenderFixture) => void = () => {},
): Promise<Report> {
  await using f = traceSenderFixture();
  await f.sender.stop();
  f.write(line);
  f.server.putReplies.push(...puts);
  prepare(f);
  const progress = { over: false };
  const begin = f.clock.now();
  const running = reportResult(
    {
      coordinator: f.server.coordinator,
      job: { id: 7, token: 'job-token' },
      sender: f.sender,
      result: success,
      failureReasons,
      clock: f.clock,
      ...options,
    },
    new AbortController().signal,
  ).finally(() => {
    progress.over = true;
  });
  for (let seconds = 0; !progress.over && seconds < 100_000; seconds++) await f.clock.advance(1000);
  return { outcome: await running, f, took: f.clock.now() - begin };
}

const repeat = (count: number, reply: ScriptedReply): ScriptedReply[] => Array.from({ length: count }, () => reply);

describe('reportResult: what is sent', () => {
  test('the rest of the trace, then state, checksum and size', async () => {
    const { outcome, f } = await report([]);
    assert.equal(outcome, 'accepted');
    assert.deepEqual(
      f.server.seen.map((call) => call.call),
      ['patch', 'put'],
    );
    assert.equal(f.server.trace.toString(), line);
    assert.deepEqual(f.server.puts[0]?.update, { state: 'success', ...sum });
  });

  test('a failure carries its reason and its exit code, if that is not 0', async () => {
    const failed = { state: 'failed', reason: 'script_failure', sentence: 'exit code 4' } as const;
    const a = await report([], { result: { ...failed, exitCode: 4 } });
    assert.deepEqual(a.f.server.puts[0]?.update, {
      state: 'failed',
      failure_reason: 'script_failure',
      exit_code: 4,
      ...sum,
    });
    for (const exitCode of [undefined, 0]) {
      const b = await report([], { result: { ...failed, exitCode } });
      assert.deepEqual(b.f.server.puts[0]?.update, { state: 'failed', failure_reason: 'script_failure', ...sum });
    }
  });

  test('a reason that the coordinator does not know is given its older name', async () => {
    const result: JobResult = { state: 'failed', reason: 'job_canceled', exitCode: undefined, sentence: 'canceled' };
    const { f } = await report([], { result, failureReasons: ['script_failure'] });
    assert.equal(f.server.puts[0]?.update.failure_reason, 'unknown_failure');
  });

  test('an empty trace has no size', async () => {
    await using f = traceSenderFixture();
    await f.sender.stop();
    const options = { coordinator: f.server.coordinator, job: { id: 7, token: 't' }, sender: f.sender, failureReasons };
    await reportResult({ ...options, result: success, clock: f.clock }, new AbortController().signal);
    assert.deepEqual(
      f.server.seen.map((call) => call.call === 'put' && call.update),
      [{ state: 'success', checksum: 'crc32:00000000', output: { checksum: 'crc32:00000000' } }],
    );
  });
});

describe('reportResult: replies', () => {
  test('202 is asked again after the interval of the reply, with the same body', async () => {
    const { outcome, f } = await report([
      { status: 202, updateInterval: 2 },
      { status: 202, updateInterval: 8 },
    ]);
    assert.equal(outcome, 'accepted');
    const [a, b, c] = f.server.puts;
    assert.deepEqual([b!.at - a!.at, c!.at - b!.at], [2000, 8000]);
    assert.deepEqual(a!.update, b!.update);
  });

  test('202 is asked again without limit', async () => {
    const { outcome, f } = await report(repeat(200, { status: 202 }));
    assert.deepEqual([outcome, f.server.puts.length], ['accepted', 201]);
  });

  test('412: the whole trace again, then the update', async () => {
    const { outcome, f } = await report(repeat(2, { status: 412 }));
    assert.equal(outcome, 'accepted');
    assert.equal(f.server.trace.toString(), line);
    assert.deepEqual(
      f.server.seen.map((call) => call.call),
      ['patch', 'put', 'patch', 'put', 'patch', 'put'],
    );
  });

  for (const status of [403, 404])
    test(`${status} ends it`, async () => {
      const { outcome, f } = await report([{ status }]);
      assert.deepEqual([outcome, f.server.puts.length], ['refused', 1]);
    });

  test('Job-Status canceled or failed ends it whatever the code', async () => {
    assert.equal((await report([{ status: 500, jobStatus: 'canceled' }])).outcome, 'refused');
    assert.equal((await report([{ status: 200, jobStatus: 'failed' }])).outcome, 'accepted');
    assert.equal((await report([{ status: 200, jobStatus: 'canceling' }])).outcome, 'accepted');
  });

  test('five failing updates, then six in all', async () => {
    const { outcome, f } = await report(repeat(5, { status: 500 }));
    assert.deepEqual([outcome, f.server.puts.length], ['accepted', 6]);
  });

  test('a coordinator that keeps failing is given up after ten rounds, or after the limit', async () => {
    for (const [retryLimit, rounds] of [
      [undefined, 10],
      [3, 3],
    ] as const) {
      const { outcome, f } = await report(repeat(50, { status: 500 }), retryLimit === undefined ? {} : { retryLimit });
      assert.deepEqual([outcome, f.server.puts.length], ['given-up', rounds]);
    }
  });

  test('one that is away is not: the result arrives within 20 s of its return, hours later', async () => {
    let retries = 0;
    const back = 3 * 3_600_000;
    const { outcome, f, took } = await report([], { onWait: () => void retries++ }, ({ server }) => {
      server.awayUntil = back;
    });
    assert.equal(outcome, 'accepted');
    assert.equal(f.server.trace.toString(), line);
    assert.ok(took >= back && took < back + 20_000, String(took));
    assert.ok(retries > 100);
  });
});

describe('reportResult: trouble with the trace', () => {
  test('a trace that is refused does not hold the result back', async () => {
    for (const status of [403, 404]) {
      const { outcome, f } = await report([], {}, ({ server }) => void server.patchReplies.push({ status }));
      assert.equal(outcome, 'accepted');
      assert.deepEqual(
        f.server.seen.map((call) => call.call),
        ['patch', 'put'],
      );
    }
  });

  test('one that cannot be stored now does, but not for ever', async () => {
    const soon = await report([], {}, ({ server }) => void server.patchReplies.push(...repeat(2, { status: 500 })));
    assert.deepEqual(
      soon.f.server.seen.map((call) => call.call),
      ['patch', 'patch', 'patch', 'put'],
    );
    const never = await report([], {}, ({ server }) => void server.patchReplies.push(...repeat(50, { status: 500 })));
    assert.deepEqual([never.outcome, never.f.server.patches.length, never.f.server.puts.length], ['accepted', 10, 1]);
  });

  test('ends with its signal', async () => {
    await using f = traceSenderFixture();
    await f.sender.stop();
    f.server.putReplies.push({ status: 202 });
    const controller = new AbortController();
    const reason = new Error('no time left');
    const options = { coordinator: f.server.coordinator, job: { id: 7, token: 't' }, sender: f.sender, failureReasons };
    const running = reportResult({ ...options, result: success, clock: f.clock }, controller.signal);
    await f.clock.advance(100);
    controller.abort(reason);
    await assert.rejects(running, reason);
  });
});
