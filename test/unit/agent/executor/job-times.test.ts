import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JobTimes } from '../../../../agent/executor/job-times.ts';

const MIB = 2 ** 20;

/** Times with a clock that the test sets, in seconds. */
function times() {
  const clock = { seconds: 100 };
  return { clock, times: new JobTimes(() => clock.seconds * 1000) };
}

describe('JobTimes', () => {
  test('phases in their order, from first begin to last end, and the total', async () => {
    const { clock, times: job } = times();
    const [slow, quick] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    assert.equal(await job.track('script', Promise.resolve('kept')), 'kept');
    const pulls = [job.track('pull', slow.promise), job.track('pull', quick.promise)];
    clock.seconds = 101;
    quick.resolve();
    await pulls[1];
    clock.seconds = 103.26;
    slow.resolve();
    await pulls[0];
    assert.deepEqual(job.lines(), ['pull               3.3 s', 'script             0.0 s', 'total              3.3 s']);
  });

  test('work that fails counts as well, and its failure is not swallowed', async () => {
    const { clock, times: job } = times();
    const work = Promise.withResolvers<void>();
    const tracked = job.track('sources', work.promise);
    clock.seconds = 102;
    work.reject(new Error('no'));
    await assert.rejects(tracked, { message: 'no' });
    assert.match(job.lines()[0] ?? '', /^sources +2\.0 s$/);
  });

  test('usage of several runs: the highest peak, the sum of the time', () => {
    const { times: job } = times();
    job.used({ memoryPeak: 48 * MIB, memoryLimit: 64 * MIB, oomKills: 0, cpuSeconds: 1.25 });
    job.used({ memoryPeak: 3 * MIB, memoryLimit: 64 * MIB, oomKills: 0, cpuSeconds: 0.5 });
    assert.equal(job.lines().at(-1), 'build container: 48 MiB of 64 MiB memory at most, 1.8 s of CPU');
  });

  test('of a job that an earlier process has begun there is no total', () => {
    const { clock, times: job } = times();
    job.resume();
    clock.seconds = 101;
    assert.deepEqual(job.lines(), ['since restart      1.0 s']);
  });

  test('figures that cannot be had are left out', () => {
    const { times: job } = times();
    assert.equal(job.lines().length, 1);
    job.used({ memoryPeak: undefined, memoryLimit: undefined, oomKills: 0, cpuSeconds: 2 });
    assert.equal(job.lines().at(-1), 'build container: 2.0 s of CPU');
  });
});
