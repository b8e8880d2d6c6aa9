import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatContentRange, formatRange, parseContentRange, parseRange } from '#protocol/trace.ts';

describe('trace ranges', () => {
  test('a patch names both of its ends', () => {
    assert.equal(formatContentRange(0, 17), '0-16');
    assert.equal(formatContentRange(17, 1), '17-17');
  });

  test('a patch range is read with or without unit and total', () => {
    for (const header of ['5-9', 'bytes 5-9', '5-9/20', '5-9/*', ' 5-9 ']) {
      assert.deepEqual(parseContentRange(header), { start: 5, end: 9 }, header);
    }
    assert.deepEqual(parseContentRange(formatContentRange(0, 0)), { start: 0, end: -1 });
    assert.equal(parseContentRange('-4-9'), undefined);
    assert.equal(parseContentRange('a-b'), undefined);
    assert.equal(parseContentRange(''), undefined);
  });

  test('a reply range counts stored bytes', () => {
    assert.equal(formatRange(28), '0-28');
    assert.equal(parseRange('0-28'), 28);
    for (const odd of [undefined, '', '5-28', 'bytes 0-28', '0-', '28', '0--1'])
      assert.equal(parseRange(odd), undefined);
  });
});
