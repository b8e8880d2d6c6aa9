import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shouldRetry } from '../../../../coordinator-mock/pipeline/should-retry.ts';
import { makeJob } from '../../../support/make-pipeline.ts';

/** `retry`, failure reason, exit code, runs so far, and whether there is another one. */
const cases: readonly (readonly [string, string, number | undefined, number, boolean])[] = [
  ['0', 'script_failure', 1, 1, false],
  ['1', 'script_failure', 1, 1, true],
  ['1', 'script_failure', 1, 2, false],
  ['2', 'runner_system_failure', undefined, 2, true],
  ['2', 'runner_system_failure', undefined, 3, false],
  ['2', 'job_canceled', undefined, 1, false],
  ['2', 'missing_dependency_failure', undefined, 1, false],
  ['{max: 2}', 'script_failure', 1, 1, true],
  ['{max: 2, when: script_failure}', 'script_failure', 1, 1, true],
  ['{max: 2, when: script_failure}', 'runner_system_failure', undefined, 1, false],
  ['{max: 2, when: [script_failure, job_execution_timeout]}', 'job_execution_timeout', undefined, 1, true],
  ['{max: 2, when: always}', 'unknown_failure', undefined, 1, true],
  ['{max: 2, exit_codes: 137}', 'script_failure', 137, 1, true],
  ['{max: 2, exit_codes: 137}', 'script_failure', 1, 1, false],
  ['{max: 2, exit_codes: [1, 2], when: runner_system_failure}', 'script_failure', 2, 1, true],
  ['{max: 2, exit_codes: [1, 2], when: runner_system_failure}', 'runner_system_failure', undefined, 1, true],
  ['{max: 2, exit_codes: [1, 2], when: runner_system_failure}', 'script_failure', 3, 1, false],
  ['{when: always}', 'script_failure', 1, 1, false],
];

describe('shouldRetry', () => {
  for (const [retry, reason, exitCode, tries, expected] of cases) {
    test(`retry: ${retry}, ${reason} ${exitCode ?? ''} in run ${tries}: ${expected}`, () => {
      assert.equal(shouldRetry(makeJob(`a: {script: x, retry: ${retry}}`), reason, exitCode, tries), expected);
    });
  }

  test('without retry a job runs once', () => {
    assert.equal(shouldRetry(makeJob('a: {script: x}'), 'runner_system_failure', undefined, 1), false);
  });
});
