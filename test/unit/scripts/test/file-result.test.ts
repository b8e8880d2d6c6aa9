import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { type FileResult, fileResult } from '../../../../scripts/test/file-result.ts';

const FILE = 'test/unit/sample.test.ts';

interface Outcome {
  readonly name: string;
  readonly type?: 'suite' | 'test';
  readonly failureType?: string;
  readonly skip?: string | boolean;
  readonly cause?: unknown;
}

function outcome({ name, type = 'test', failureType, skip, cause }: Outcome): TestEvent {
  const error = Object.assign(new Error('failed', { cause }), { failureType });
  const details = { duration_ms: 1, type, ...(failureType === undefined ? {} : { error }) };
  const data = { name, nesting: 0, testNumber: 1, file: FILE, details, ...(skip === undefined ? {} : { skip }) };
  return { type: failureType === undefined ? 'test:pass' : 'test:fail', data } as TestEvent;
}

function sum(...outcomes: readonly Outcome[]): FileResult {
  return fileResult(FILE, outcomes.map(outcome), 1);
}

test('tests count, suites and parents of failed tests do not', () => {
  const result = sum(
    { name: 'a' },
    { name: 'suite', type: 'suite' },
    { name: 'b', failureType: 'testCodeFailure', cause: new TypeError('why') },
    { name: 'parent', failureType: 'subtestsFailed' },
  );
  assert.equal(result.passed, 1);
  assert.deepEqual(
    result.failures.map(({ name }) => name),
    ['b'],
  );
  assert.match(result.failures[0]?.details ?? '', /TypeError: why/);
});

test('a suite whose hook failed is a failure', () => {
  assert.equal(sum({ name: 'suite', type: 'suite', failureType: 'hookFailed' }).failures.length, 1);
});

test('skipped tests keep their reason and count as nothing else', () => {
  const result = sum({ name: 'a', skip: 'no engine' }, { name: 'b', type: 'suite', skip: true });
  assert.equal(result.passed, 0);
  assert.equal(result.failures.length, 0);
  assert.deepEqual(result.skipped, [
    { name: 'a', reason: 'no engine' },
    { name: 'b', reason: 'no reason given' },
  ]);
});

test('a file without a test has failed', () => {
  assert.equal(sum().failures.length, 1);
  assert.equal(sum({ name: `/somewhere/${FILE}` }).failures.length, 1);
});

test('what the file wrote is kept in order', () => {
  const events = [
    { type: 'test:stdout', data: { file: FILE, message: 'one\n' } },
    outcome({ name: 'a' }),
    { type: 'test:stderr', data: { file: FILE, message: 'two\n' } },
  ] as TestEvent[];
  assert.equal(fileResult(FILE, events, 1).output, 'one\ntwo\n');
});
