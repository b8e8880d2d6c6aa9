import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spreadOf } from '../../../../bench/report/statistics.ts';

describe('spreadOf', () => {
  test('finds median and quartiles of an odd and an even number of values, in any order', () => {
    assert.deepEqual(spreadOf([5, 1, 3, 2, 4]), {
      count: 5,
      min: 1,
      lowerQuartile: 2,
      median: 3,
      upperQuartile: 4,
      max: 5,
    });
    assert.equal(spreadOf([4, 1, 2, 3]).median, 2.5);
  });

  test('takes one value for all of them', () => {
    assert.deepEqual(new Set(Object.values(spreadOf([7]))), new Set([1, 7]));
  });

  test('refuses an empty series', () => {
    assert.throws(() => spreadOf([]), RangeError);
  });
});
