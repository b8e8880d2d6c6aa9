import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../../../agent/common/clock.ts';
import { HttpCoordinator } from '../../../../agent/coordinator/http-coordinator.ts';
import { isRetriableStatus, retryWait } from '../../../../agent/coordinator/retry-request.ts';
import { runnerInfo } from '../../../../agent/coordinator/runner-info.ts';
import { HastyClock } from '../../../support/hasty-clock.ts';
import { RecordingServer } from '../../../support/recording-server.ts';

const job = { id: 42, token: 'glcbt-job' };
const runner = { token: 'glrt-runner', systemId: 's_0123456789ab' };

describe('low-level retry', () => {
  test('five 503 are one outcome of five attempts, with growing waits between them (C25)', async () => {
    await using server = await RecordingServer.start();
    const clock = new HastyClock();
    const coordinator = new HttpCoordinator({ url: server.url, clock, env: {} });
    server.answer({ status: 503 });
    const offer = await coordinator.requestJob(runner, runnerInfo(), undefined, new AbortController().signal);
    assert.deepEqual(offer, { kind: 'error', status: 503, message: '' });
    assert.equal(server.requests.length, 5);
    assert.equal(clock.sleeps.length, 4);
    clock.sleeps.forEach((wait, attempt) =>
      assert.ok(wait >= 100 && wait <= 100 * 2 ** attempt, `wait ${attempt}: ${wait}`),
    );
  });

  test('the final update goes through at the next attempt, with the same body', async () => {
    await using server = await RecordingServer.start();
    const coordinator = new HttpCoordinator({ url: server.url, clock: new HastyClock(), env: {} });
    server.answer({ status: 502 }, { status: 429 }, { status: 200 });
    assert.equal((await coordinator.updateJob(job, { state: 'success' })).status, 200);
    assert.equal(server.requests.length, 3);
    assert.equal(new Set(server.requests.map(({ body }) => body)).size, 1);
  });

  test('a long wait is handed up to who sends traces and results, and kept for a job request', async () => {
    await using server = await RecordingServer.start();
    const clock = new HastyClock();
    const coordinator = new HttpCoordinator({ url: server.url, clock, env: {} });
    server.answer({ status: 429, headers: { 'Retry-After': '60' } });
    const reply = await coordinator.updateJob(job, { state: 'running' });
    assert.deepEqual([reply.status, reply.retryAfterMs, clock.sleeps], [429, 60_000, []]);
    const patch = await coordinator.patchTrace(job, Buffer.from('x'), 0, false);
    assert.deepEqual([patch.status, patch.retryAfterMs, clock.sleeps], [429, 60_000, []]);
    await coordinator.requestJob(runner, runnerInfo(), undefined, new AbortController().signal);
    assert.deepEqual(clock.sleeps, [60_000, 60_000, 60_000, 60_000]);
    server.answer({ status: 400, headers: { 'Retry-After': '60' } });
    const refused = await coordinator.updateJob(job, { state: 'running' });
    assert.equal(refused.retryAfterMs, undefined);
  });

  test('a wait ends with the signal', async () => {
    await using server = await RecordingServer.start();
    const coordinator = new HttpCoordinator({ url: server.url, clock: systemClock, env: {} });
    server.answer({ status: 429, headers: { 'Retry-After': '4' } });
    const stop = new AbortController();
    const reason = new Error('enough');
    const update = coordinator.updateJob(job, { state: 'success' }, stop.signal);
    setTimeout(() => stop.abort(reason), 50);
    await assert.rejects(update, reason);
    assert.equal(server.requests.length, 1);
  });

  for (const status of [408, 429, 500, 502, 503, 504, 512, 599])
    test(`${status} is retried`, () => assert.equal(isRetriableStatus(status), true));
  for (const status of [200, 202, 400, 401, 403, 404, 409, 412, 416, 422, 501, 505, 511, -1])
    test(`${status} is not retried`, () => assert.equal(isRetriableStatus(status), false));
});

describe('how long to wait', () => {
  const now = (): number => Date.parse('Thu, 01 Jan 2026 00:00:00 GMT');
  const wait = (headers: Record<string, string>, attempt = 0): number => retryWait({ headers }, attempt, now);

  test('RateLimit-ResetTime wins over Retry-After', () => {
    const headers = { 'ratelimit-resettime': 'Thu, 01 Jan 2026 00:00:07 GMT', 'retry-after': '60' };
    assert.equal(wait(headers), 7000);
  });
  test('a reset time that is past or no date falls back to Retry-After', () => {
    assert.equal(wait({ 'ratelimit-resettime': 'Wed, 31 Dec 2025 00:00:00 GMT', 'retry-after': '3' }), 3000);
    assert.equal(wait({ 'ratelimit-resettime': 'soon', 'retry-after': '3' }), 3000);
  });
  for (const value of ['0', '-5', 'soon', ''])
    test(`Retry-After "${value}" falls back to back-off`, () => assert.equal(wait({ 'retry-after': value }), 100));
  test('back-off grows, with jitter, to a minute', () => {
    const waits = Array.from({ length: 50 }, () => wait({}, 20));
    assert.ok(waits.every((ms) => ms >= 100 && ms <= 60_000));
    assert.ok(new Set(waits).size > 1);
  });
  test('a reset time of next year waits an hour at most', () => {
    assert.equal(wait({ 'ratelimit-resettime': 'Fri, 01 Jan 2027 00:00:00 GMT' }), 3_600_000);
  });
});
