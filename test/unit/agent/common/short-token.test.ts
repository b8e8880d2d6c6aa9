import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shortToken } from '../../../../agent/common/short-token.ts';

describe('shortToken', () => {
  for (const [token, shown] of [
    ['glrt-abcdefghijklmnop', 'abcdefghi'],
    ['glrt-t1_abcdefghijklmnop', 'abcdefghi'],
    ['t3_abcdefghijklmnop', 'abcdefghi'],
    ['glrtr-abcdefghijklmnop', 'abcdefghi'],
    ['glcbt-abcdefghijklmnop', 'abcdefghi'],
    ['GR1348941abcdefghijklmnop', 'abcdefghi'],
    ['GRxyz8941abcdefghijklmnop', 'GRxyz8941'],
    ['abc', 'abc'],
    ['', ''],
  ] as const) {
    test(token, () => assert.equal(shortToken(token), shown));
  }
});
