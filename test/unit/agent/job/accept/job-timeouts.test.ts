import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accepted, variable } from '../../../../support/job-fixture.ts';

const SCRIPT = 'RUNNER_SCRIPT_TIMEOUT';
const AFTER = 'RUNNER_AFTER_SCRIPT_TIMEOUT';
const JOB_MS = 60_000;
const AFTER_MS = 300_000;

const timeouts = (script: string, after = '') => {
  const variables = [variable(SCRIPT, script), variable(AFTER, after)];
  const { spec, warnings } = accepted({ payload: { variables } });
  return { ...spec.timeouts, warnings };
};

describe('jobTimeouts', () => {
  test('nothing said: the job has its own limit, after_script five minutes', () => {
    assert.deepEqual(accepted().spec.timeouts, { job: JOB_MS, script: undefined, afterScript: AFTER_MS });
  });

  test('durations are read in the notation of the peer', () => {
    const { script, afterScript, warnings } = timeouts('3s', '1500ms');
    assert.deepEqual([script, afterScript, warnings], [3000, 1500, []]);
  });

  for (const text of ['0', '0s', ''])
    test(`${JSON.stringify(text)} is no limit and no warning`, () => {
      assert.deepEqual(timeouts(text, text), { job: JOB_MS, script: undefined, afterScript: AFTER_MS, warnings: [] });
    });

  for (const text of ['banana', '-5s', '5', '1h banana'])
    test(`${JSON.stringify(text)} is named in a warning and left out`, () => {
      const { script, afterScript, warnings } = timeouts(text, text);
      assert.deepEqual([script, afterScript], [undefined, AFTER_MS]);
      assert.equal(warnings.length, 2);
      for (const [index, name] of [SCRIPT, AFTER].entries())
        assert.ok(warnings[index]?.startsWith(`${name} = "${text}"`));
    });

  test('longer than the job is said and clamped', () => {
    const { script, afterScript, warnings } = timeouts('100h', '100h');
    assert.deepEqual([script, afterScript], [JOB_MS, JOB_MS]);
    assert.equal(warnings.length, 2);
  });
});
