import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needsEngine } from '../support/engine.ts';
import { afterScript, randomName, runScript } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';

const release = (...script: string[]): object => ({ name: 'release', script });

describe('steps of a job', { skip: needsEngine(), concurrency: 2 }, () => {
  test('script, release and after_script run in this order; variables of the job are there in each', async () => {
    const { failure, trace } = await runScript(['echo "script $WORD"'], {
      payload: {
        steps: [release('echo "release $WORD"'), afterScript('echo "after $WORD $CI_JOB_STATUS"')],
        variables: [variable('WORD', 'w')],
      },
    });
    assert.equal(failure, undefined);
    const steps = ['step_script', 'step_release', 'after_script'];
    assert.deepEqual(
      trace.sections.filter((name) => steps.includes(name)),
      steps,
    );
    assert.deepEqual(
      steps.map((name) => trace.printed(name)),
      [['script w'], ['release w'], ['after w success']],
    );
  });

  test('a script that fails: no release, after_script, and the code of the script', async () => {
    const { reason, exitCode, trace } = await runScript(['echo output', 'exit 7'], {
      payload: { steps: [release('echo never'), afterScript('echo "after $CI_JOB_STATUS"')] },
    });
    assert.deepEqual([reason, exitCode], ['script_failure', 7]);
    assert.ok(!trace.sections.includes('step_release'));
    assert.deepEqual([trace.printed(), trace.printed('after_script')], [['output'], ['after failed']]);
  });

  test('a release that fails: after_script, the code of the release, and what the script printed', async () => {
    const { reason, exitCode, trace } = await runScript(['echo output'], {
      payload: { steps: [release('exit 8'), afterScript('echo "after $CI_JOB_STATUS"')] },
    });
    assert.deepEqual([reason, exitCode], ['script_failure', 8]);
    assert.deepEqual([trace.printed(), trace.printed('after_script')], [['output'], ['after failed']]);
  });
});

describe('nothing is left on the engine', { skip: needsEngine(), concurrency: 2 }, () => {
  const REDIS = { name: 'redis:7', alias: 'db' };
  const missing = { name: `${randomName('gone')}:1`, pull_policy: ['never'] };
  const ends = {
    'a success': { reason: undefined, script: 'true', payload: { services: [REDIS] } },
    'a failure': { reason: 'script_failure', script: 'exit 1', payload: { services: [REDIS] } },
    'a service that cannot be had': {
      reason: 'runner_system_failure',
      script: 'true',
      payload: { services: [REDIS, missing] },
    },
    'an image that cannot be had': {
      reason: 'runner_system_failure',
      script: 'true',
      payload: { services: [REDIS], image: missing },
    },
    'a user that is not there': {
      reason: 'runner_system_failure',
      script: 'true',
      payload: { services: [REDIS], image: { name: 'busybox:latest', executor_opts: { docker: { user: 'squid' } } } },
    },
  };
  for (const [what, { reason, script, payload }] of Object.entries(ends))
    for (const [where, config] of [
      ['a network of the job', {}],
      ['the bridge', { network_mode: 'bridge' }],
    ] as const)
      test(`after ${what}, with a service on ${where}`, async () => {
        const limits = { allowed_pull_policies: ['never', 'if-not-present'], volumes: ['/cache'], disable_cache: true };
        // runScript looks for containers, networks and volumes with the job's label
        const ended = await runScript([script], { docker: { ...limits, ...config }, payload });
        assert.equal(ended.reason, reason);
      });
});
