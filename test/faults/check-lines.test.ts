import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../support/seeded-random.ts';
import { checkLines, compare, type ExpectedOutput } from './check-lines.ts';
import type { TraceLine } from './read-trace.ts';
import { readTrace } from './read-trace.ts';
import { jobPlan } from './run-plan.ts';

const STAMP = '2026-11-21T04:01:21.733920Z';
const kinds = (expected: readonly string[], shown: readonly string[]): string[] =>
  compare('a O', expected, shown).map(({ kind }) => kind);

describe('the comparison of lines', () => {
  const printed = ['O 1 x', 'O 2 y', 'O 3 z'];

  test('tells what is lost, doubled, changed and out of order', () => {
    assert.deepEqual(kinds(printed, printed), []);
    assert.deepEqual(kinds(printed, printed.slice(0, 2)), ['lost lines']);
    assert.deepEqual(kinds(printed, ['O 1 x', 'O 3 z']), ['lost lines']);
    assert.deepEqual(kinds(printed, ['O 1 x', 'O 2 y', 'O 2 y', 'O 3 z']), ['doubled lines']);
    assert.deepEqual(kinds(printed, ['O 1 x', 'O 2 yy', 'O 3 z']), ['wrong text']);
    assert.deepEqual(kinds(printed, ['O 2 y', 'O 1 x', 'O 3 z']), ['wrong text']);
  });
});

describe('the check of a job', () => {
  const made = jobPlan('a', 'hidden-value', seededRandom(1));
  const script = { shell: '', stdout: ['O 1 one', 'O 2 <[MASKED]>', 'O 3 three'], stderr: ['E 1 x'] };
  const plan = { ...made, script, after: undefined, timestamps: true };
  const expected = (wanted: ExpectedOutput['wanted']): ExpectedOutput => ({
    plan,
    secret: 'hidden-value',
    wanted,
    afterWhole: true,
  });
  const line = (text: string, stream: 'O' | 'E' = 'O'): TraceLine => ({
    source: '01',
    stream,
    section: 'step_script',
    text,
  });
  const found = (wanted: ExpectedOutput['wanted'], ...lines: TraceLine[]): string[] =>
    checkLines(expected(wanted), lines).map(({ kind }) => kind);
  const all = [line('O 1 one'), line('O 2 <[MASKED]>'), line('E 1 x', 'E'), line('O 3 three')];

  test('passes a whole output and misses nothing of it', () => {
    assert.deepEqual(found('all', ...all), []);
    assert.deepEqual(found('all', ...all.slice(0, 3)), ['lost lines']);
    assert.deepEqual(found('all', ...all, line('ee')), ['wrong text']);
  });

  test('passes the beginning of an output, cut anywhere, and no gap in it', () => {
    assert.deepEqual(found('beginning', line('O 1 one'), line('O 2 <hiddTerminated')), []);
    assert.deepEqual(found('beginning', line('O 1 o')), []);
    assert.deepEqual(found('beginning', line('O 1 one'), line('O 3 three')), ['lost lines']);
    assert.deepEqual(found('beginning', line('O 1 one'), line('O 1 one')), ['doubled lines']);
  });

  test('notices text in the wrong stream', () => {
    assert.deepEqual(found('beginning', line('O 1 one', 'E')), ['wrong text']);
  });
});

describe('the reader of traces', () => {
  const read = (...lines: string[]): ReturnType<typeof readTrace> => readTrace(Buffer.from(lines.join('\n')), true);

  test('puts the pieces of a line together, each stream for itself', () => {
    const { lines, problems } = read(`${STAMP} 01O a`, `${STAMP} 01E x`, `${STAMP} 01O+b`, '');
    assert.deepEqual(problems, []);
    assert.deepEqual(
      lines.map(({ stream, text }) => `${String(stream)} ${text}`),
      ['O ab', 'E x'],
    );
  });

  test('knows the section of a line and notices marks that do not fit', () => {
    const { lines, problems } = read(
      `${STAMP} 00O section_start:1:step_script\r\x1b[0Ktitle`,
      `${STAMP} 01O text`,
      `${STAMP} 00O section_start:1:step_script\r\x1b[0Ktitle`,
    );
    assert.equal(lines[1]?.section, 'step_script');
    assert.equal(problems.length, 2);
  });

  test('notices a line without a time stamp', () => {
    assert.equal(read('torn').problems.length, 1);
  });
});
