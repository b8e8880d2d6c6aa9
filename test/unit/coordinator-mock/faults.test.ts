import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCoordinator } from '../../support/start-coordinator.ts';

describe('/mock/faults', () => {
  test('a status with all its trimmings, as often as asked for', async () => {
    await using coordinator = await startCoordinator();
    const fault = {
      endpoint: 'verify',
      status: 429,
      retry_after: 3,
      location: '/x',
      headers: { 'X-A': 'b' },
      count: 2,
    };
    await coordinator.call('POST', '/mock/faults', { ...fault, raw: 'slow down', ctype: 'text/plain' });
    const verify = () => coordinator.api('POST', '/runners/verify', { token: coordinator.runnerToken });
    for (let count = 0; count < 2; count += 1) {
      const { status, headers, text } = await verify();
      assert.deepEqual([status, text, headers.get('content-type')], [429, 'slow down', 'text/plain']);
      assert.deepEqual([headers.get('retry-after'), headers.get('location'), headers.get('x-a')], ['3', '/x', 'b']);
    }
    assert.equal((await verify()).status, 200);
  });

  test('a dropped connection, and one that takes its time', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.call('POST', '/mock/faults', { endpoint: 'jobs/request', drop: true });
    await assert.rejects(coordinator.request(), /fetch failed/);
    await coordinator.call('POST', '/mock/faults', { endpoint: 'jobs/request', hang_ms: 100 });
    const start = performance.now();
    assert.equal((await coordinator.request()).status, 204);
    assert.ok(performance.now() - start >= 95);
  });

  test('only the job, the state and the call that are meant', async () => {
    await using coordinator = await startCoordinator();
    const spared = await coordinator.running();
    const faults = [{ endpoint: 'put', state: 'success', status: 503, skip: 1 }];
    const hit = await coordinator.running({ _opts: { faults } });
    assert.equal((await coordinator.update(hit, { state: 'running' })).status, 200);
    assert.equal((await coordinator.update(spared, { state: 'success' })).status, 200);
    await coordinator.call('POST', `/mock/faults`, { endpoint: 'put', state: 'success', job: hit.id, status: 502 });
    // The first fault lets one call pass, which the second one then takes.
    assert.equal((await coordinator.update(hit, { state: 'success' })).status, 502);
    assert.equal((await coordinator.update(hit, { state: 'success' })).status, 503);
    assert.equal((await coordinator.update(hit, { state: 'success' })).status, 200);
  });

  test('C8: one fault for every call; DELETE ends it', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.call('POST', '/mock/faults', { endpoint: '*', status: 429, retry_after: 60, count: 100 });
    for (const answer of [
      await coordinator.request(),
      await coordinator.api('POST', '/runners/verify', { token: coordinator.runnerToken }),
      await coordinator.api('DELETE', '/runners', { token: coordinator.runnerToken }),
    ]) {
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '60']);
    }
    await coordinator.call('DELETE', '/mock/faults');
    assert.equal((await coordinator.request()).status, 204);
  });

  test('an unknown endpoint is refused with the known ones', async () => {
    await using coordinator = await startCoordinator();
    const refused = await coordinator.call('POST', '/mock/faults', { endpoint: 'traces', status: 500 });
    assert.equal(refused.status, 400);
    assert.match(refused.json.error, /endpoint: expected one of register, verify.*trace/);
  });
});
