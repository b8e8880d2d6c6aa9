import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JobFailure } from '../../../../agent/common/errors/job-failure.ts';
import type { StopReason } from '../../../../agent/common/errors/stop-error.ts';
import type { ScriptOutcome } from '../../../../agent/container/build-container.ts';
import type { Executor } from '../../../../agent/executor/executor.ts';
import { JobTimes } from '../../../../agent/executor/job-times.ts';
import { JobDeadline } from '../../../../agent/job/job-deadline.ts';
import { runStages } from '../../../../agent/stages/run-stages.ts';
import { accepted, variable } from '../../../support/job-fixture.ts';
import type { JobChanges } from '../../../support/job-fixture.ts';
import { RecordingTrace } from '../../../support/recording-trace.ts';
import { noProgress } from '../../../support/stage-progress.ts';

const ended = (exitCode: number, more: Partial<ScriptOutcome> = {}): ScriptOutcome => ({
  exitCode,
  shellReached: true,
  stopped: false,
  ...more,
});
const AFTER = { name: 'after_script', script: ['echo AFTER'] };
const SCRIPT = { name: 'script', script: ['echo SCRIPT'] };
const FETCH = variable('GIT_STRATEGY', 'fetch');

/** Runs the stages on an executor of which the test says how each script ends. */
async function run(
  changes: JobChanges,
  own: Partial<Executor> = {},
  stages: { admitted?: Promise<unknown>; deadline?: JobDeadline } = {},
) {
  const { spec } = accepted({ ...changes, payload: { steps: [SCRIPT, AFTER], ...changes.payload } });
  const trace = new RecordingTrace();
  const scripts: string[] = [];
  using deadline = stages.deadline ?? new JobDeadline(60_000);
  const executor: Executor = {
    prepare: async () => {},
    adopt: async () => {},
    followBuild: async () => 'not-run',
    runHelper: async () => 0,
    handOver: async () => {},
    runBuild: async () => ended(0),
    cleanup: async () => [],
    ...own,
  };
  const recording: Executor = {
    ...executor,
    runHelper: (script, ...rest) => {
      scripts.push(script.startsWith('rm') ? 'clean up' : 'sources');
      return executor.runHelper(script, ...rest);
    },
    runBuild: (script, ...rest) => {
      const status = /export CI_JOB_STATUS=(\w+)(?![^]*export CI_JOB_STATUS)/.exec(script.body)?.[1];
      scripts.push(script.body.includes('echo AFTER') ? `after ${status}` : 'script');
      return executor.runBuild(script, ...rest);
    },
  };
  const admitted = stages.admitted ?? Promise.resolve();
  const times = new JobTimes();
  const stage = { spec, executor: recording, trace, signals: deadline, times, admitted };
  const context = { ...stage, progress: noProgress(), agentHost: 'here' };
  const failure = await runStages(context).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const reason = failure instanceof JobFailure ? failure.reason : failure?.name;
  return { failure, reason, scripts, trace, sections: trace.sections };
}

const failing =
  (exitCode: number, more: Partial<ScriptOutcome> = {}): Executor['runBuild'] =>
  async ({ body }) =>
    body.includes('echo AFTER') ? ended(0) : ended(exitCode, more);

describe('runStages: order', () => {
  test('all sections of a job', async () => {
    const { sections, scripts, failure } = await run({ payload: { variables: [FETCH] } });
    assert.equal(failure, undefined);
    assert.deepEqual(sections, [
      'prepare_executor',
      'prepare_script',
      'get_sources',
      'step_script',
      'after_script',
      'cleanup_file_variables',
    ]);
    assert.deepEqual(scripts, ['sources', 'script', 'after success', 'clean up']);
  });

  test('sources begin with the preparation and are shown in their turn', async () => {
    const prepared = Promise.withResolvers<void>();
    const { trace } = await run(
      { payload: { variables: [FETCH] } },
      {
        prepare: () => prepared.promise,
        runHelper: async (_, output) => {
          output.write('stdout', Buffer.from('early\n'));
          setImmediate(() => prepared.resolve());
          await prepared.promise;
          output.write('stdout', Buffer.from('late\n'));
          return 0;
        },
      },
    );
    assert.deepEqual(trace.printed('get_sources'), ['early', 'late']);
    assert.deepEqual(trace.printed('prepare_executor'), []);
  });

  test('nothing of the user runs before the coordinator has admitted the job', async () => {
    const deadline = new JobDeadline(60_000);
    const admission = Promise.withResolvers<void>();
    const running = run({}, {}, { admitted: admission.promise, deadline });
    await new Promise((resolve) => setImmediate(resolve));
    deadline.stop('abort');
    const { scripts, reason } = await running;
    assert.deepEqual([scripts, reason], [[], 'StopError']);
  });
});

describe('runStages: failures', () => {
  test('preparation: nothing else runs', async () => {
    const broken = new JobFailure('image_pull_failure', 'no image');
    const { failure, scripts, sections } = await run({}, { prepare: () => Promise.reject(broken) });
    assert.deepEqual([failure, scripts, sections], [broken, [], ['prepare_executor']]);
  });

  test('sources: no script, no after_script', async () => {
    const { failure, scripts } = await run({ payload: { variables: [FETCH] } }, { runHelper: async () => 128 });
    const sentence = 'exit code 128: git could not get the sources';
    assert.deepEqual([failure?.message, scripts], [sentence, ['sources', 'clean up']]);
  });

  test('what git printed last hints at the cause', async () => {
    const runHelper: Executor['runHelper'] = async (_script, output) => {
      output.write('stderr', Buffer.from("fatal: unable to access 'https://x/': Could not resolve host: x\n"));
      return 128;
    };
    const { failure } = await run({ payload: { variables: [FETCH] } }, { runHelper });
    assert.match(failure?.message ?? '', /^exit code 128: git could .*; its last lines hint at a host name/);
  });

  test('sources are tried as often as the job wants', async () => {
    let left = 2;
    const { failure, scripts, trace } = await run(
      { payload: { variables: [FETCH, variable('GET_SOURCES_ATTEMPTS', '3')] } },
      { runHelper: async (script) => (script.startsWith('rm') || left-- === 0 ? 0 : 7) },
    );
    assert.equal(failure, undefined);
    assert.deepEqual(scripts, ['sources', 'sources', 'sources', 'script', 'after success', 'clean up']);
    assert.equal(trace.printed('get_sources', 'stderr').length, 2);
  });

  test('script: after_script knows, the code is kept', async () => {
    const { failure, reason, scripts } = await run({}, { runBuild: failing(3) });
    assert.deepEqual(
      [reason, Reflect.get(failure ?? {}, 'exitCode'), scripts],
      ['script_failure', 3, ['script', 'after failed']],
    );
  });

  test('an engine that breaks has no after_script', async () => {
    const { failure, scripts } = await run({}, { runBuild: () => Promise.reject(new TypeError('engine')) });
    assert.deepEqual([failure?.message, scripts], ['engine', ['script']]);
  });

  test('what is known beyond the exit code is said with it', async () => {
    const { failure } = await run({}, { runBuild: failing(137, { cause: 'out of memory: all used' }) });
    assert.equal(failure?.message, 'exit code 137: out of memory: all used');
  });
});

describe('runStages: stops', () => {
  const stopDuringScript = async (reason: StopReason, exitCode = -1) => {
    const deadline = new JobDeadline(60_000);
    return await run(
      {},
      {
        runBuild: async ({ body }, _, signal) => {
          if (body.includes('echo AFTER')) return ended(0);
          deadline.stop(reason);
          assert.equal(signal.aborted, true);
          return ended(exitCode, { stopped: true });
        },
      },
      { deadline },
    );
  };

  for (const [reason, expected, scripts] of [
    ['cancel', 'job_canceled', ['script', 'after canceled']],
    ['script_timeout', 'job_execution_timeout', ['script', 'after timedout']],
    ['timeout', 'job_execution_timeout', ['script']],
    ['abort', 'job_canceled', ['script']],
    ['shutdown', 'runner_interrupted', ['script']],
  ] as const)
    test(`${reason} during the script`, async () => {
      const stopped = await stopDuringScript(reason);
      assert.deepEqual([stopped.reason, stopped.scripts], [expected, scripts]);
    });

  test('a cancel that finds the script just ended well is a cancel', async () => {
    assert.equal((await stopDuringScript('cancel', 0)).reason, 'job_canceled');
  });

  test('a cancel during the sources ends the job there', async () => {
    const deadline = new JobDeadline(60_000);
    const { reason, scripts } = await run(
      { payload: { variables: [FETCH] } },
      {
        runHelper: (_script, _output, signal) => {
          setImmediate(() => deadline.stop('cancel'));
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
        },
      },
      { deadline },
    );
    assert.deepEqual([reason, scripts], ['StopError', ['sources']]);
  });
});
