import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePart } from '../../../bench/choose-part.ts';

test('without words the whole bench runs', () => {
  const { scenarios, burst, cancel, services, isAll } = choosePart([]);
  assert.deepEqual([scenarios.length, burst, cancel, services, isAll], [4, true, true, true, true]);
});

test('words choose parts of it', () => {
  const { scenarios, burst, cancel, isAll } = choosePart(['cancel', 'smallest']);
  assert.deepEqual([scenarios.map(({ name }) => name), burst, cancel, isAll], [['smallest'], false, true, false]);
});

test('an unknown word is refused with the known ones', () => {
  assert.throws(() => choosePart(['smalest']), /"smalest" is no part of the bench: say smallest, sources/);
});
