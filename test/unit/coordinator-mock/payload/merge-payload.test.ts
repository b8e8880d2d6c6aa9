import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergePayload } from '../../../../coordinator-mock/payload/merge-payload.ts';

describe('mergePayload', () => {
  test('objects are merged, lists and null replace', () => {
    const base = { a: { b: 1, c: 2 }, list: [1, 2], image: { name: 'x' } };
    const changes = { a: { c: 3, d: 4 }, list: [9], image: null, added: { e: 5 } };
    assert.deepEqual(mergePayload(base, changes), { a: { b: 1, c: 3, d: 4 }, list: [9], image: null, added: { e: 5 } });
  });

  test('neither side is changed', () => {
    const base = { a: { b: 1 } };
    mergePayload(base, { a: { b: 2 } });
    assert.deepEqual(base, { a: { b: 1 } });
  });

  test('a key called __proto__ is a key like any other', () => {
    const merged = mergePayload({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    assert.equal((merged as Record<string, unknown>)['polluted'], undefined);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});
