import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProtocolError } from '#protocol/protocol-error.ts';
import { JobFailure } from '../../../../agent/common/errors/job-failure.ts';
import { StopError } from '../../../../agent/common/errors/stop-error.ts';
import { classifyFailure } from '../../../../agent/result/classify-failure.ts';
import { closingLine } from '../../../../agent/result/closing-line.ts';

const describeEnd = (error: unknown): readonly unknown[] => {
  const result = classifyFailure(error);
  const line = closingLine(result);
  return result.state === 'success' ? [line.level, line.text] : [result.reason, result.exitCode, line.level, line.text];
};

describe('classifyFailure and closingLine', () => {
  test('no error is success', () => {
    assert.deepEqual(describeEnd(undefined), ['info', 'Job succeeded']);
  });

  test('a failure with a reason stays what it is', () => {
    assert.deepEqual(describeEnd(new JobFailure('script_failure', 'exit code 4', { exitCode: 4 })), [
      'script_failure',
      4,
      'error',
      'Job failed: exit code 4',
    ]);
    assert.deepEqual(describeEnd(new JobFailure('image_pull_failure', 'no such image')), [
      'image_pull_failure',
      undefined,
      'error',
      'Job failed: no such image',
    ]);
  });

  test('a stop has a reason of its own', () => {
    const ends = (['timeout', 'script_timeout', 'cancel', 'abort', 'shutdown'] as const).map(
      (reason) => describeEnd(new StopError(reason))[0],
    );
    assert.deepEqual(ends, [
      'job_execution_timeout',
      'job_execution_timeout',
      'job_canceled',
      'job_canceled',
      'runner_interrupted',
    ]);
  });

  test('anything else is a failure of the system and says what it was', () => {
    const cause = new Error('ENOSPC: no space left on device, write');
    assert.deepEqual(describeEnd(new Error('the trace cannot be written to disk', { cause })), [
      'runner_system_failure',
      undefined,
      'error',
      'Job failed (system failure): the trace cannot be written to disk: ENOSPC: no space left on device, write',
    ]);
    assert.equal(describeEnd('text')[3], 'Job failed (system failure): text');
    assert.match(
      String(describeEnd(new ProtocolError('job payload', 'steps', 'a list', 'a number'))[3]),
      /the job cannot be read: .*steps/,
    );
  });
});
