import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatDuration, parseDuration } from '../../../../agent/common/duration.ts';

describe('parseDuration', () => {
  for (const [text, ms] of [
    ['0', 0],
    ['300ms', 300],
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['2m3.5s', 123_500],
    ['.5s', 500],
    ['-5s', -5000],
    ['+5s', 5000],
    ['1us', 0.001],
    ['10m0s', 600_000],
  ] as const)
    test(`${text} is ${ms} ms`, () => assert.equal(parseDuration(text), ms));

  for (const text of ['', '-', '5', 's', '1d', '1 h', '5s ', 'banana', '1h-30m', '1e3s', '--5s'])
    test(`"${text}" is no duration`, () => assert.equal(parseDuration(text), undefined));
});

describe('formatDuration', () => {
  for (const [ms, text] of [
    [0, '0ms'],
    [450, '450ms'],
    [3210, '3.2s'],
    [59_940, '59.9s'],
    [59_999, '1m 0s'],
    [125_000, '2m 5s'],
    [3_603_000, '1h 0m 3s'],
  ] as const)
    test(`${ms} ms is ${text}`, () => assert.equal(formatDuration(ms), text));
});
