import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureReasons, mapFailureReason } from '#protocol/failure-reason.ts';

describe('mapFailureReason', () => {
  test('a reason that the coordinator lists is kept', () => {
    for (const reason of failureReasons) assert.equal(mapFailureReason(reason, failureReasons), reason);
  });

  test('an old coordinator gets the older name', () => {
    const mapped = Object.fromEntries(failureReasons.map((reason) => [reason, mapFailureReason(reason, [])]));
    assert.deepEqual(mapped, {
      script_failure: 'script_failure',
      runner_system_failure: 'runner_system_failure',
      job_execution_timeout: 'job_execution_timeout',
      image_pull_failure: 'runner_system_failure',
      unknown_failure: 'unknown_failure',
      runner_configuration_error: 'script_failure',
      runner_external_dependency_failure: 'runner_system_failure',
      runner_interrupted: 'unknown_failure',
      job_canceled: 'unknown_failure',
    });
  });
});
