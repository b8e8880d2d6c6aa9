import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JournalEntry } from '../../../../agent/journal/journal-entry.ts';
import { reduceJournal, type JournalState } from '../../../../agent/journal/journal-state.ts';

const time = { wall: 5, up: 5, boot: 'b' };
const reduce = (entries: readonly JournalEntry[], traceSize = 100): JournalState =>
  reduceJournal(
    entries.map((entry) => ({ ...entry, time })),
    traceSize,
  );
const failure = { reason: 'script_failure', sentence: 'exit code 1', exitCode: 1 };

describe('reduceJournal', () => {
  test('without entries nothing has happened', () => {
    const state = reduce([]);
    assert.deepEqual([state.admitted, state.scripts, state.result, state.sent], [false, [], undefined, 0]);
  });

  test('a script goes from announced over delivered to ended', () => {
    const begin: JournalEntry = { type: 'script', stage: 'step_script', run: 1, at: 10 };
    const [announced] = reduce([begin]).scripts;
    assert.deepEqual(announced, {
      stage: 'step_script',
      run: 1,
      at: 10,
      time,
      delivered: false,
      ended: false,
      failure: undefined,
    });
    const entries: JournalEntry[] = [begin, { type: 'delivered', run: 1 }, { type: 'script-end', run: 1, failure }];
    assert.deepEqual(reduce(entries).scripts, [{ ...announced, delivered: true, ended: true, failure }]);
  });

  test('a script whose output is not all in the trace has not ended: it is read again', () => {
    const entries = (at: number): JournalEntry[] => [
      { type: 'script', stage: 'step_script', run: 1, at: 10 },
      { type: 'script-end', run: 1, at, failure },
      { type: 'steps-end', at, failure },
    ];
    const ends = (at: number): boolean[] => {
      const { scripts, stepsEnd } = reduce(entries(at));
      return [scripts[0]?.ended === true, stepsEnd !== undefined];
    };
    assert.deepEqual(
      [ends(100), ends(101)],
      [
        [true, true],
        [false, false],
      ],
    );
  });

  test('a section that a process announced and never wrote is not open, whatever the next one wrote there', () => {
    const process = (at: number): JournalEntry => ({ type: 'process', version: 1, pid: 1, at });
    const start: JournalEntry = { type: 'section', edge: 'start', name: 'step_script', at: 50 };
    assert.equal(reduce([process(0), start, process(50)]).section, undefined);
    assert.equal(reduce([process(0), start, process(60)]).section, 'step_script');
  });

  test('the first stop stays', () => {
    const entries: JournalEntry[] = [
      { type: 'stop', reason: 'cancel' },
      { type: 'stop', reason: 'timeout' },
    ];
    assert.equal(reduce(entries).stop, 'cancel');
  });

  test('a job that begins anew has run nothing, but its objects are still known', () => {
    const entries: JournalEntry[] = [
      { type: 'object', kind: 'network', name: 'n' },
      { type: 'script', stage: 'step_script', run: 1, at: 0 },
      { type: 'again' },
    ];
    assert.deepEqual(reduce(entries).scripts, []);
    assert.deepEqual(reduce(entries).objects, [{ kind: 'network', name: 'n' }]);
  });

  test('a result that stands before what the trace has is none: a full disk took the one and not the other', () => {
    assert.equal(reduce([{ type: 'result', at: 101 }]).result, undefined);
  });

  test('a closing line that was only announced is not in the trace', () => {
    assert.equal(reduce([{ type: 'result', at: 99 }]).result?.closed, true);
    assert.equal(reduce([{ type: 'result', at: 100, failure }]).result?.closed, false);
  });
});
