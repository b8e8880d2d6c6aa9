import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StopReason } from '../../agent/common/errors/stop-error.ts';
import { docker, needsEngine } from '../support/engine.ts';
import { afterScript, EngineJob, reasonOf } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import type { JobChanges } from '../support/job-fixture.ts';

const GITBASE = { image: { name: 'gitbase:latest' } };
const READY = 'echo READY""-1';
const SHOWN = 'READY-1';
const TICK = 'while :; do echo tick; sleep 0.2; done';
const TRAP = [`trap 'echo got TERM; exit 0' TERM`, READY, 'while :; do echo tick; sleep 0.2 || true; done'];

interface Stopped {
  readonly job: EngineJob;
  readonly reason: string | undefined;
  /** Milliseconds from the stop to the end of the stages. */
  readonly took: number;
  readonly lines: readonly string[];
  readonly after: readonly string[];
}

/** Runs the script, stops the job for the reason once the script says so, and cleans up. Nothing may be left. */
async function stopped(script: readonly string[], reason: StopReason, changes: JobChanges = {}): Promise<Stopped> {
  const steps = [
    { name: 'script', script },
    afterScript('echo after $CI_JOB_STATUS', 'ls /marker 2>/dev/null || true'),
  ];
  await using job = new EngineJob({ ...changes, payload: { steps, ...changes.payload } });
  const running = job.stages();
  await job.trace.says(SHOWN);
  const begin = performance.now();
  job.deadline.stop(reason);
  const failure = await running;
  const took = performance.now() - begin;
  assert.deepEqual(await job.cleanUp(), []);
  assert.deepEqual(await job.leftovers(), []);
  const quiet = (lines: string[]): string[] => lines.filter((line) => line !== 'tick' && line !== SHOWN);
  return {
    job,
    took,
    reason: reasonOf(failure),
    lines: quiet(job.trace.printed()),
    after: job.trace.printed('after_script'),
  };
}

describe('stopping a job on the engine', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const [name, payload] of [
    ['sh', {}],
    ['bash', GITBASE],
  ] as const) {
    test(
      `cancel, ${name}: the TERM trap fires, after_script sees the same file system`,
      { timeout: 60_000 },
      async () => {
        const { reason, lines, after, took } = await stopped(['touch /marker', ...TRAP], 'cancel', {
          payload: { ...payload },
        });
        assert.equal(reason, 'job_canceled');
        assert.deepEqual([lines, after], [['got TERM'], ['after canceled', '/marker']]);
        assert.ok(took < 15_000, `${took} ms`);
      },
    );

    test(`cancel, ${name}: the EXIT trap runs`, { timeout: 60_000 }, async () => {
      const { lines, after } = await stopped(["trap 'echo exit trap' EXIT", READY, TICK], 'cancel', {
        payload: { ...payload },
      });
      assert.deepEqual([lines, after], [['exit trap'], ['after canceled']]);
    });
  }

  test('with init as the first process', { timeout: 60_000 }, async () => {
    const variables = [variable('FF_USE_INIT_WITH_DOCKER_EXECUTOR', 'true')];
    const { lines, after } = await stopped(TRAP, 'cancel', { payload: { variables } });
    assert.deepEqual([lines, after], [['got TERM'], ['after canceled']]);
  });

  for (const [reason, expected] of [
    ['abort', 'job_canceled'],
    ['timeout', 'job_execution_timeout'],
    ['shutdown', 'runner_interrupted'],
  ] as const)
    test(`${reason}: no after_script, and the container is dead soon`, { timeout: 60_000 }, async () => {
      const { job, took, ...rest } = await stopped([READY, TICK], reason);
      assert.deepEqual([rest.reason, rest.after], [expected, []]);
      assert.ok(!job.trace.sections.includes('after_script'));
      assert.ok(took < 5000, `${took} ms`);
    });

  test('a script that ignores TERM is killed in the end', { timeout: 60_000 }, async () => {
    const { reason, took } = await stopped([`trap '' TERM`, READY, TICK], 'abort');
    assert.equal(reason, 'job_canceled');
    assert.ok(took < 10_000, `${took} ms`);
  });

  test('the timeout of the job ends children of the script too', { timeout: 60_000 }, async () => {
    await using job = new EngineJob({
      payload: {
        runner_info: { timeout: 2 },
        steps: [{ name: 'script', script: ['(trap "" TERM; while :; do sleep 0.2; done) &', 'sh -c "sleep 300"'] }],
      },
    });
    assert.equal(reasonOf(await job.stages()), 'job_execution_timeout');
    assert.equal(await docker('inspect', '--format', '{{.State.Running}}', job.buildName), 'false');
    assert.deepEqual(await job.cleanUp(), []);
  });

  test('RUNNER_SCRIPT_TIMEOUT: after_script runs and knows', { timeout: 60_000 }, async () => {
    await using job = new EngineJob({
      payload: {
        variables: [variable('RUNNER_SCRIPT_TIMEOUT', '2s')],
        steps: [{ name: 'script', script: TRAP }, afterScript('echo after $CI_JOB_STATUS')],
      },
    });
    const failure = await job.run();
    assert.equal(reasonOf(failure), 'job_execution_timeout');
    assert.match((failure as Error).message, /RUNNER_SCRIPT_TIMEOUT/);
    assert.ok(job.trace.printed().includes('got TERM'));
    assert.deepEqual(job.trace.printed('after_script'), ['after timedout']);
  });

  for (const script of ['true', 'exit 3'])
    test(
      `RUNNER_AFTER_SCRIPT_TIMEOUT ends after_script, not the result of "${script}"`,
      { timeout: 60_000 },
      async () => {
        await using job = new EngineJob({
          payload: {
            variables: [variable('RUNNER_AFTER_SCRIPT_TIMEOUT', '1s')],
            steps: [{ name: 'script', script: [script] }, afterScript('echo in', 'sleep 60', 'echo never')],
          },
        });
        const failure = await job.run();
        assert.equal(reasonOf(failure), script === 'true' ? undefined : 'script_failure');
        assert.deepEqual(job.trace.printed('after_script'), ['in']);
      },
    );

  test('a cancel during after_script changes nothing', { timeout: 60_000 }, async () => {
    await using job = new EngineJob({
      payload: {
        steps: [{ name: 'script', script: ['true'] }, afterScript(READY, 'sleep 1', 'echo end $CI_JOB_STATUS')],
      },
    });
    const running = job.run();
    await job.trace.says(SHOWN);
    job.deadline.stop('cancel');
    assert.equal(await running, undefined);
    assert.deepEqual(job.trace.printed('after_script'), [SHOWN, 'end success']);
  });

  test('the timeout of the job during after_script makes a green job red', { timeout: 60_000 }, async () => {
    await using job = new EngineJob({
      payload: {
        runner_info: { timeout: 3 },
        steps: [{ name: 'script', script: ['true'] }, afterScript('echo in', 'sleep 60')],
      },
    });
    assert.equal(reasonOf(await job.run()), 'job_execution_timeout');
    assert.deepEqual(job.trace.printed('after_script'), ['in']);
  });

  test('a cancel while a service is waited for: no script, nothing left', { timeout: 60_000 }, async () => {
    const slow = {
      name: 'busybox:latest',
      command: ['sleep', '100'],
      variables: [{ key: 'HEALTHCHECK_TCP_PORT', value: '9999' }],
    };
    await using job = new EngineJob({ payload: { services: [slow] } });
    const running = job.stages();
    await job.trace.says('Waiting for services');
    const begin = performance.now();
    job.deadline.stop('cancel');
    const failure = await running;
    assert.equal((failure as Error).name, 'StopError');
    assert.ok(performance.now() - begin < 3000);
    assert.deepEqual(job.trace.sections, ['prepare_executor']);
    assert.deepEqual(await job.cleanUp(), []);
    assert.deepEqual(await job.leftovers(), []);
  });

  test('a build container that somebody removes during the script', { timeout: 60_000 }, async () => {
    await using job = new EngineJob({ payload: { steps: [{ name: 'script', script: [READY, 'sleep 300'] }] } });
    const running = job.stages();
    await job.trace.says(SHOWN);
    await docker('rm', '--force', job.buildName);
    const failure = await running;
    assert.equal(reasonOf(failure), 'runner_system_failure');
    assert.match((failure as Error).message, /removed from outside/);
    assert.deepEqual(await job.cleanUp(), []);
    assert.deepEqual(await job.leftovers(), []);
  });

  test('a build container that somebody kills during the script', { timeout: 60_000 }, async () => {
    await using job = new EngineJob({ payload: { steps: [{ name: 'script', script: [READY, 'sleep 300'] }] } });
    const running = job.stages();
    await job.trace.says(SHOWN);
    await docker('kill', job.buildName);
    const failure = await running;
    assert.equal(reasonOf(failure), 'runner_system_failure');
    assert.match((failure as Error).message, /ended from outside.* SIGKILL .*exit code 137/);
    assert.deepEqual(await job.cleanUp(), []);
  });
});
