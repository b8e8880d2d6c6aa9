import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BenchResults, checkLimits } from '../../../../bench/report/check-limits.ts';
import { spreadOf } from '../../../../bench/report/statistics.ts';

const MEGABYTE = 1024 * 1024;

function pair(ratios: number[], firstTrace = 0.1) {
  const one = spreadOf([1]);
  return {
    job: one,
    dockerRun: one,
    ratio: spreadOf(ratios),
    queuedToFirstTrace: one,
    handedToFirstTrace: spreadOf([firstTrace]),
  };
}

function burst(changes: { afterBytes?: number; leftThings?: number; rate?: number }) {
  const { afterBytes = 110 * MEGABYTE, leftThings = 0, rate = 450 } = changes;
  return {
    jobs: 20,
    jobsPerMinute: spreadOf([rate]),
    dockerRunsPerMinute: spreadOf([500]),
    idleBytes: 100 * MEGABYTE,
    highestBytes: 140 * MEGABYTE,
    afterBytes,
    leftThings,
  };
}

const missed = (results: Partial<BenchResults>): string[] =>
  checkLimits({ pairs: {}, requests: {}, ...results })
    .filter(({ kind, met }) => kind === 'limit' && !met)
    .map(({ what }) => what);

describe('checkLimits', () => {
  test('three services may take 1.3 times as long as the slowest of them', () => {
    const services = (ratio: number) => ({ services: { together: one, slowestAlone: one, ratio: spreadOf([ratio]) } });
    const one = spreadOf([1]);
    assert.deepEqual(missed(services(1.3)), []);
    assert.deepEqual(missed(services(1.31)), ['three services / the slowest alone']);
  });

  test('holds the median ratio against its limit', () => {
    assert.deepEqual(missed({ pairs: { smallest: pair([1.2, 1.3, 9]) } }), []);
    assert.deepEqual(missed({ pairs: { smallest: pair([1.2, 1.31, 1.4]) } }), ['smallest job / docker run']);
    assert.deepEqual(missed({ pairs: { 'service-sources': pair([2.6]) } }), ['service and sources / docker run']);
  });

  test('holds the first byte of the trace against its limit', () => {
    assert.deepEqual(missed({ pairs: { sources: pair([1], 0.31) } }), ['job with sources: first trace byte after']);
  });

  test('counts container starts', () => {
    const requests = { smallest: { requests: 10, containerStarts: 2, byKind: {} } };
    assert.deepEqual(missed({ requests }), ['smallest job: container starts']);
  });

  test('looks at what a burst leaves', () => {
    assert.deepEqual(missed({ burst: burst({}) }), []);
    assert.deepEqual(missed({ burst: burst({ afterBytes: 121 * MEGABYTE }) }), ['memory after the bursts, above idle']);
    assert.deepEqual(missed({ burst: burst({ leftThings: 1 }) }), ['containers, networks, volumes left']);
  });

  test('takes the slowest cancel', () => {
    assert.deepEqual(missed({ cancel: spreadOf([0.5, 0.6, 2.1]) }), ['cancel to dead container, the slowest']);
  });

  test('a goal that is not met is no missed limit', () => {
    const verdicts = checkLimits({ pairs: {}, requests: {}, burst: burst({ rate: 300 }) });
    assert.deepEqual(
      verdicts.filter(({ met }) => !met).map(({ kind }) => kind),
      ['goal', 'goal'],
    );
  });
});
