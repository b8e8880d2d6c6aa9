import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JobFailure } from '../../../../agent/common/errors/job-failure.ts';
import { streamStart } from '../../../../agent/common/streams/stream-skip.ts';
import type { ScriptOutcome } from '../../../../agent/container/build-container.ts';
import type { Executor } from '../../../../agent/executor/executor.ts';
import { JobTimes } from '../../../../agent/executor/job-times.ts';
import { JobDeadline } from '../../../../agent/job/job-deadline.ts';
import { runStages } from '../../../../agent/stages/run-stages.ts';
import type { EarlierScript, EarlierStages } from '../../../../agent/stages/stage-progress.ts';
import { accepted } from '../../../support/job-fixture.ts';
import { RecordingTrace } from '../../../support/recording-trace.ts';
import { noProgress } from '../../../support/stage-progress.ts';

const STEPS = [
  { name: 'script', script: ['echo SCRIPT'] },
  { name: 'release', script: ['echo RELEASE'] },
  { name: 'after_script', script: ['echo AFTER'] },
];
const FAILED = new JobFailure('script_failure', 'exit code 3', { exitCode: 3 });
const ended = (exitCode: number): ScriptOutcome => ({ exitCode, shellReached: true, stopped: false });
const script = (run: number, more: Partial<EarlierScript> = {}): EarlierScript => ({
  run,
  delivered: true,
  end: undefined,
  begunMsAgo: 0,
  rebooted: false,
  seen: { stdout: streamStart, stderr: streamStart },
  ...more,
});
const WELL: Partial<EarlierScript> = { end: { failure: undefined } };

/** What is done with the scripts of a job that an earlier process has left so. */
async function resume(earlier: Partial<EarlierStages>, own: Partial<Executor> = {}) {
  const { spec } = accepted({ payload: { steps: STEPS } });
  const did: string[] = [];
  const refuse = async (): Promise<never> => assert.fail('nothing is prepared again');
  const executor: Executor = {
    prepare: refuse,
    adopt: async () => void did.push('adopt'),
    handOver: async () => {},
    runHelper: refuse,
    runBuild: async ({ body, run }) => {
      const status = /export CI_JOB_STATUS=(\w+)(?![^]*export CI_JOB_STATUS)/.exec(body)?.[1];
      did.push(body.includes('echo AFTER') ? `run ${run}: after ${status}` : `run ${run}: step`);
      return ended(0);
    },
    followBuild: async ({ run, first }, _, signal) => {
      did.push(`follow ${run}${first ? ', the first' : ''}`);
      return { ...ended(0), stopped: signal.aborted };
    },
    cleanup: async () => [],
    ...own,
  };
  using signals = new JobDeadline(60_000);
  if (earlier.stop !== undefined) signals.resumeStop(earlier.stop);
  let runs = 100;
  const state: EarlierStages = { scripts: new Map(), stepsEnd: undefined, stop: undefined, ...earlier };
  const progress = {
    ...noProgress(),
    earlier: state,
    scriptBegins: () => ({ run: (runs += 1), known: Promise.resolve() }),
  };
  const stage = { spec, executor, trace: new RecordingTrace(), signals, times: new JobTimes(), progress };
  const failure = await runStages({ ...stage, admitted: Promise.resolve(), agentHost: 'here' }).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  return { did, failure };
}

describe('runStages: a job that an earlier process has left', () => {
  test('a script that runs is followed to its end, and the rest is run', async () => {
    assert.deepEqual(await resume({ scripts: new Map([['step_script', script(1)]]) }), {
      did: ['adopt', 'follow 1, the first', 'run 101: step', 'run 102: after success'],
      failure: undefined,
    });
  });

  test('one that the shell never got is run', async () => {
    const { did } = await resume(
      { scripts: new Map([['step_script', script(1, { delivered: false })]]) },
      { followBuild: async () => 'not-run' },
    );
    assert.deepEqual(did, ['adopt', 'run 101: step', 'run 102: step', 'run 103: after success']);
  });

  test('one that was handed over once more is not all that its container has printed', async () => {
    const { did } = await resume({ scripts: new Map([['step_script', script(2)]]) });
    assert.equal(did[1], 'follow 2');
  });

  test('one whose end was seen is not looked at again', async () => {
    const scripts = new Map([
      ['step_script', script(1, WELL)],
      ['step_release', script(2)],
    ]);
    assert.deepEqual((await resume({ scripts })).did, ['adopt', 'follow 2', 'run 101: after success']);
  });

  test('a failure that was seen is the result, after after_script', async () => {
    const scripts = new Map([['step_script', script(1, { end: { failure: FAILED } })]]);
    assert.deepEqual(await resume({ scripts }), {
      did: ['adopt', 'run 101: after failed'],
      failure: 'exit code 3',
    });
  });

  test('in after_script no step is touched', async () => {
    const scripts = new Map([
      ['step_script', script(1, { end: { failure: FAILED } })],
      ['after_script', script(2)],
    ]);
    const { did, failure } = await resume({ scripts, stepsEnd: { failure: FAILED } });
    assert.deepEqual([did, failure], [['adopt', 'follow 2'], 'exit code 3']);
  });

  test('a job that was being canceled stays canceled, with its after_script', async () => {
    const { did, failure } = await resume({ scripts: new Map([['step_script', script(1)]]), stop: 'cancel' });
    assert.deepEqual([did, failure], [['adopt', 'follow 1, the first', 'run 101: after canceled'], 'canceled']);
  });

  test('one whose time was over ends without', async () => {
    const { did, failure } = await resume({ scripts: new Map([['step_script', script(1)]]), stop: 'timeout' });
    assert.deepEqual(did, ['adopt', 'follow 1, the first']);
    assert.match(failure ?? '', /took longer than/);
  });

  test('a container that is gone ends the job', async () => {
    const gone = new JobFailure('runner_system_failure', 'the build container was removed');
    const { failure } = await resume(
      { scripts: new Map([['step_script', script(1)]]) },
      { adopt: () => Promise.reject(gone) },
    );
    assert.equal(failure, 'the build container was removed');
  });
});
