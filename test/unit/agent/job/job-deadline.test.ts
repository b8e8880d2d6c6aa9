import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import type { TestContext } from 'node:test';
import { StopError } from '../../../../agent/common/errors/stop-error.ts';
import type { StopReason } from '../../../../agent/common/errors/stop-error.ts';
import { JobDeadline } from '../../../../agent/job/job-deadline.ts';

const HOUR = 3_600_000;

/** Timers that only the test moves. */
function stillTime(t: TestContext): (ms: number) => void {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  return (ms) => mock.timers.tick(ms);
}

const reasonOf = (signal: AbortSignal): StopReason | undefined =>
  signal.aborted ? (signal.reason as StopError).reason : undefined;

describe('JobDeadline: before the script', () => {
  for (const reason of ['cancel', 'abort', 'shutdown', 'timeout'] as const)
    test(`${reason} stops the whole job`, () => {
      using deadline = new JobDeadline(HOUR);
      deadline.stop(reason);
      assert.equal(reasonOf(deadline.job), reason);
      assert.equal(deadline.reason, reason);
      assert.ok(deadline.job.reason instanceof StopError);
    });

  test('the time of the job counts from the start', (t) => {
    const pass = stillTime(t);
    using deadline = new JobDeadline(5000);
    pass(4999);
    assert.equal(deadline.job.aborted, false);
    pass(1);
    assert.equal(reasonOf(deadline.job), 'timeout');
  });

  test('a job of a month does not end at once', (t) => {
    const pass = stillTime(t);
    using deadline = new JobDeadline(40 * 24 * HOUR);
    pass(HOUR);
    assert.equal(deadline.job.aborted, false);
  });

  test('disposed: no timer goes off any more', (t) => {
    const pass = stillTime(t);
    const deadline = new JobDeadline(1000);
    deadline[Symbol.dispose]();
    pass(2000);
    assert.equal(deadline.reason, undefined);
  });
});

describe('JobDeadline: during the script', () => {
  test('cancel stops the script and leaves the job', () => {
    using deadline = new JobDeadline(HOUR);
    const script = deadline.enterScript();
    deadline.stop('cancel');
    assert.equal(reasonOf(script), 'cancel');
    assert.equal(deadline.job.aborted, false);
    assert.equal(deadline.leaveScript(), 'cancel');
  });

  for (const reason of ['abort', 'shutdown', 'timeout'] as const)
    test(`${reason} stops both`, () => {
      using deadline = new JobDeadline(HOUR);
      const script = deadline.enterScript();
      deadline.stop(reason);
      assert.deepEqual([reasonOf(script), reasonOf(deadline.job), deadline.leaveScript()], [reason, reason, reason]);
    });

  test('its own limit counts from its start and stops it alone', (t) => {
    const pass = stillTime(t);
    using deadline = new JobDeadline(HOUR);
    deadline.limitScripts({ job: HOUR, script: 3000, afterScript: 1000 });
    pass(10_000);
    const script = deadline.enterScript();
    pass(2999);
    assert.equal(script.aborted, false);
    pass(1);
    assert.deepEqual([reasonOf(script), deadline.job.aborted], ['script_timeout', false]);
    assert.equal(deadline.leaveScript(), 'script_timeout');
  });

  test('a script that ended in time is not stopped afterwards', (t) => {
    const pass = stillTime(t);
    using deadline = new JobDeadline(HOUR);
    deadline.limitScripts({ job: HOUR, script: 3000, afterScript: 10_000 });
    deadline.enterScript();
    assert.equal(deadline.leaveScript(), undefined);
    const after = deadline.enterAfterScript();
    pass(5000);
    assert.deepEqual([after.aborted, deadline.reason], [false, undefined]);
  });
});

describe('JobDeadline: after the script', () => {
  test('a cancel comes too late', () => {
    using deadline = new JobDeadline(HOUR);
    deadline.enterScript();
    deadline.leaveScript();
    const after = deadline.enterAfterScript();
    deadline.stop('cancel');
    assert.deepEqual([after.aborted, deadline.job.aborted, deadline.reason], [false, false, undefined]);
  });

  test('after_script has a limit of its own, which stops nothing else', (t) => {
    const pass = stillTime(t);
    using deadline = new JobDeadline(HOUR);
    deadline.limitScripts({ job: HOUR, script: undefined, afterScript: 1000 });
    deadline.enterScript();
    deadline.leaveScript();
    const after = deadline.enterAfterScript();
    pass(1000);
    assert.deepEqual([reasonOf(after), deadline.job.aborted, deadline.reason], ['script_timeout', false, undefined]);
  });

  for (const reason of ['abort', 'shutdown', 'timeout'] as const)
    test(`${reason} stops it`, () => {
      using deadline = new JobDeadline(HOUR);
      deadline.enterScript();
      deadline.leaveScript();
      const after = deadline.enterAfterScript();
      deadline.stop(reason);
      assert.deepEqual([after.aborted, reasonOf(deadline.job), deadline.reason], [true, reason, reason]);
    });
});

describe('JobDeadline: the first reason wins', () => {
  const all: readonly StopReason[] = ['timeout', 'cancel', 'abort', 'shutdown'];
  for (const first of all)
    for (const second of all.filter((reason) => reason !== first))
      test(`${first}, then ${second}`, () => {
        using deadline = new JobDeadline(HOUR);
        deadline.enterScript();
        deadline.stop(first);
        deadline.stop(second);
        assert.equal(deadline.reason, first);
        assert.equal(deadline.leaveScript(), first);
      });

  test('an abort after a cancel still stops the job at once', () => {
    using deadline = new JobDeadline(HOUR);
    deadline.enterScript();
    deadline.stop('cancel');
    assert.equal(deadline.job.aborted, false);
    deadline.stop('abort');
    assert.equal(deadline.job.aborted, true);
    assert.equal(deadline.reason, 'cancel');
  });

  test('a reason that was given before the script begins stops the script too', () => {
    using deadline = new JobDeadline(HOUR);
    deadline.stop('cancel');
    assert.equal(deadline.enterScript().aborted, true);
  });
});

describe('JobDeadline: a job that an earlier process has left', () => {
  test('a stop that was under way stops the script as soon as it is looked at, and is not told again', () => {
    const told: string[] = [];
    using deadline = new JobDeadline(60_000, (reason) => void told.push(reason));
    deadline.resumeStop('cancel');
    assert.equal(deadline.job.aborted, false);
    assert.equal(deadline.enterScript().aborted, true);
    assert.deepEqual([deadline.leaveScript(), told], ['cancel', []]);
  });

  test('every first stop is told before anything stops', () => {
    const told: unknown[] = [];
    using deadline: JobDeadline = new JobDeadline(60_000, (reason) => void told.push([reason, deadline.job.aborted]));
    deadline.stop('abort');
    deadline.stop('timeout');
    assert.deepEqual(told, [['abort', false]]);
  });

  test('the time that the script has had counts', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    using deadline = new JobDeadline(60_000);
    deadline.limitScripts({ job: 60_000, script: 10_000, afterScript: 60_000 });
    const signal = deadline.enterScript(9000);
    t.mock.timers.tick(999);
    assert.equal(signal.aborted, false);
    t.mock.timers.tick(1);
    assert.equal(signal.aborted, true);
  });
});
