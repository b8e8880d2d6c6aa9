import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobOffer } from '../../../../agent/coordinator/job-offer.ts';
import { RequestLimit } from '../../../../agent/poll/request-limit.ts';

const job = { kind: 'job', job: {} } as JobOffer;
const none: JobOffer = { kind: 'none', lastUpdate: undefined };
const failed = (status: number): JobOffer => ({ kind: 'error', status, message: '' });
const rules = { most: 4, adaptive: true };

function after(...offers: readonly JobOffer[]): number {
  const limit = new RequestLimit();
  for (const offer of offers) limit.learn(offer, rules);
  return limit.current(rules);
}
const times = (count: number, offer: JobOffer): JobOffer[] => Array.from({ length: count }, () => offer);

test('it begins at one request and never goes below', () => {
  assert.equal(after(), 1);
  assert.equal(after(...times(20, none), ...times(20, failed(503))), 1);
});

test('eight jobs in a row allow a second request, many the most', () => {
  assert.equal(after(...times(7, job)), 1);
  assert.equal(after(...times(8, job)), 2);
  assert.equal(after(...times(100, job)), 4);
});

test('empty answers lower it slowly, passing errors halve it, other errors leave it', () => {
  assert.equal(after(...times(100, job), ...times(6, none)), 2);
  assert.equal(after(...times(100, job), failed(429)), 2);
  assert.equal(after(...times(100, job), failed(409)), 4);
  assert.equal(after(...times(100, job), failed(-1)), 4);
});

test('without the feature flag request_concurrency is the limit', () => {
  assert.equal(new RequestLimit().current({ most: 3, adaptive: false }), 3);
});
