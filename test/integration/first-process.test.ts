import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StopReason } from '../../agent/common/errors/stop-error.ts';
import { docker, needsEngine } from '../support/engine.ts';
import { afterScript, EngineJob, reasonOf, runScript } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import { needsPrivileged } from '../support/privileged.ts';

const INIT = [variable('FF_USE_INIT_WITH_DOCKER_EXECUTOR', 'true')];
const READY = 'echo READY""-1';
/** A script of its own that the job's script starts, with something to tidy up. */
const CHILD = `cat > /tmp/child <<'EOF'\ntrap 'echo child tidies up; exit 0' TERM\n${READY}\nwhile :; do sleep 0.1; done\nEOF`;

interface Stopped {
  readonly reason: string | undefined;
  readonly printed: readonly string[];
  readonly after: readonly string[];
  readonly sections: readonly string[];
}

/** Starts the child, stops the job once it runs, or lets RUNNER_SCRIPT_TIMEOUT do so. */
async function stopChild(how: StopReason | 'script timeout', variables: object[]): Promise<Stopped> {
  const limit = how === 'script timeout' ? [variable('RUNNER_SCRIPT_TIMEOUT', '2s')] : [];
  const steps = [{ name: 'script', script: [CHILD, 'sh /tmp/child'] }, afterScript('echo "after $CI_JOB_STATUS"')];
  await using job = new EngineJob({ payload: { steps, variables: [...variables, ...limit] } });
  const running = job.stages();
  await job.trace.says('READY-1');
  if (how !== 'script timeout') job.deadline.stop(how);
  const reason = reasonOf(await running);
  assert.deepEqual(await job.cleanUp(), []);
  assert.deepEqual(await job.leftovers(), []);
  return {
    reason,
    printed: job.trace.printed().filter((line) => line !== 'READY-1'),
    after: job.trace.printed('after_script'),
    sections: job.trace.sections,
  };
}

describe('the first process of the build container', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const [what, variables, expected] of [
    ['with FF_USE_INIT_WITH_DOCKER_EXECUTOR: an init', INIT, /^(?:docker-init|tini)$/],
    ['without: the shell', [], /^sh$/],
  ] as const)
    test(what, async () => {
      const { trace } = await runScript(['cat /proc/1/comm'], { payload: { variables } });
      assert.match(trace.printed()[0] ?? '', expected);
    });

  for (const [init, variables] of [
    ['', []],
    [', with an init', INIT],
  ] as const) {
    test(
      `RUNNER_SCRIPT_TIMEOUT${init}: a child of the script tidies up, after_script runs`,
      { timeout: 60_000 },
      async () => {
        const { reason, printed, after } = await stopChild('script timeout', [...variables]);
        assert.equal(reason, 'job_execution_timeout');
        assert.deepEqual([printed, after], [['child tidies up'], ['after timedout']]);
      },
    );

    test(`cancel${init}: a child of the script tidies up, after_script runs`, { timeout: 60_000 }, async () => {
      const { reason, printed, after } = await stopChild('cancel', [...variables]);
      assert.equal(reason, 'job_canceled');
      assert.deepEqual([printed, after], [['child tidies up'], ['after canceled']]);
    });

    test(
      `abort${init}: a child of the script tidies up and is heard, no after_script`,
      { timeout: 60_000 },
      async () => {
        const { reason, printed, sections } = await stopChild('abort', [...variables]);
        assert.equal(reason, 'job_canceled');
        assert.deepEqual(printed, ['child tidies up']);
        assert.ok(!sections.includes('after_script'));
      },
    );
  }

  test('shutdown of the agent: prepared and fetched, no after_script', { timeout: 60_000 }, async () => {
    const { reason, sections } = await stopChild('shutdown', []);
    assert.equal(reason, 'runner_interrupted');
    assert.deepEqual(sections.slice(0, 4), ['prepare_executor', 'prepare_script', 'get_sources', 'step_script']);
    assert.ok(!sections.includes('after_script'));
  });
});

describe('rights over the first process', { skip: needsEngine(), concurrency: 2 }, () => {
  const HURRY = 'renice -n -5 -p 1';

  test('unprivileged: it may not be made more important, and the job fails', async () => {
    const { reason, trace } = await runScript([HURRY, 'echo never']);
    assert.equal(reason, 'script_failure');
    assert.match(trace.printed('step_script', 'stderr').join('\n'), /Permission denied|not permitted/);
  });

  test('privileged: it may', { skip: needsPrivileged() }, async () => {
    const { failure, trace } = await runScript([HURRY, 'echo done'], { docker: { privileged: true } });
    assert.equal(failure, undefined);
    assert.deepEqual(trace.printed(), ['done']);
  });
});

test('a kill of the whole container from outside leaves nothing on the engine', { skip: needsEngine() }, async () => {
  await using job = new EngineJob({
    payload: { services: [{ name: 'redis:7' }], steps: [{ name: 'script', script: [READY, 'sleep 300'] }] },
  });
  const running = job.stages();
  await job.trace.says('READY-1');
  await docker('kill', job.buildName);
  assert.equal(reasonOf(await running), 'runner_system_failure');
  assert.deepEqual(await job.cleanUp(), []);
  assert.deepEqual(await job.leftovers(), []);
});
