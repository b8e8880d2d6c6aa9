import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkResults } from '../../../../scripts/demo/check-results.ts';
import {
  DEMO_FILES,
  type ExpectedJob,
  readDemoImages,
  readExpectedJobs,
} from '../../../../scripts/demo/demo-project.ts';

const job = (name: string, state: string, exit_code: number | null = null) => ({
  id: 1,
  name,
  stage: 'test',
  state,
  failure_reason: null,
  exit_code,
  allow_failure: false,
  t: {},
});

const expected = new Map<string, ExpectedJob>([
  ['good', { state: 'success', allow_failure: false, trace: ['hello'] }],
  ['bad', { state: 'failed', exit_code: 3, allow_failure: true, trace: [] }],
]);

describe('checkResults', () => {
  test('is content when every job ended as expected', () => {
    const ended = [
      { job: job('good', 'success'), trace: 'oh hello' },
      { job: job('bad', 'failed', 3), trace: '' },
    ];
    assert.deepEqual(checkResults(ended, expected), []);
  });

  test('names every difference', () => {
    const ended = [
      { job: job('good', 'failed', 1), trace: '' },
      { job: job('extra', 'success'), trace: '' },
    ];
    assert.deepEqual(checkResults(ended, expected), [
      'bad did not run',
      'good ended as failed, not success',
      'the log of good lacks "hello"',
      'extra is not expected',
    ]);
  });

  test('looks at exit codes', () => {
    const ended = [
      { job: job('good', 'success'), trace: 'hello' },
      { job: job('bad', 'failed', 1), trace: '' },
    ];
    assert.deepEqual(checkResults(ended, expected), ['bad ended with exit code 1, not 3']);
  });
});

test('every job of the demo has its expected end and its image', async () => {
  const file = Object.keys(parse(await readFile(join(DEMO_FILES, '.gitlab-ci.yml'), 'utf8')) as object);
  const jobs = file.filter((key) => !['stages', 'variables', 'default'].includes(key));
  assert.deepEqual([...(await readExpectedJobs()).keys()], jobs);
  const images = await readDemoImages();
  assert.equal(images.get('visits'), 'gitbase:latest + redis:7');
  assert.equal(images.get('entrypoint'), 'redis:7');
  assert.equal(images.get('experiment'), 'busybox:latest');
});
