import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCoordinator } from '../../../support/start-coordinator.ts';

describe('POST /runners/verify', () => {
  test('C1: no token 400; unknown and expired 403', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.call('POST', '/mock/runners', { token: 'glrt-old', expires_at: '2001-01-01T00:00:00Z' });
    assert.equal((await coordinator.api('POST', '/runners/verify', {})).status, 400);
    assert.equal((await coordinator.api('POST', '/runners/verify')).status, 400);
    for (const token of ['glrt-unknown', 'glrt-old']) {
      const refused = await coordinator.api('POST', '/runners/verify', { token });
      assert.deepEqual([refused.status, refused.json], [403, { message: '403 Forbidden' }]);
    }
  });

  test('C2: id, token and expiry; one manager per new system_id', async () => {
    await using coordinator = await startCoordinator();
    const expires_at = '2999-01-01T00:00:00.000Z';
    await coordinator.call('POST', '/mock/runners', { token: 'glrt-new', expires_at });
    for (const system_id of ['s_000000000001', 's_000000000002', 's_000000000001']) {
      const answer = await coordinator.api('POST', '/runners/verify', { token: 'glrt-new', system_id, info: {} });
      assert.deepEqual([answer.status, answer.json], [200, { id: 2, token: 'glrt-new', token_expires_at: expires_at }]);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    }
    const { managers } = (await coordinator.call('GET', '/mock/runners')).json[1];
    assert.deepEqual(
      managers.map((manager: { systemId: string }) => manager.systemId),
      ['s_000000000001', 's_000000000002'],
    );
    assert.ok(Date.parse(managers[0].contactedAt) > 0);
  });

  test('an orphaned runner is answered 422', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.call('POST', '/mock/runners', { token: 'glrt-alone', orphaned: true });
    assert.equal((await coordinator.api('POST', '/runners/verify', { token: 'glrt-alone' })).status, 422);
  });

  test('the request id is echoed, in errors too', async () => {
    await using coordinator = await startCoordinator();
    const answer = await coordinator.api('POST', '/runners/verify', {}, { 'X-REQUEST-ID': 'abc123' });
    assert.equal(answer.headers.get('x-request-id'), 'abc123');
  });

  test('a body that is not JSON is a 400', async () => {
    await using coordinator = await startCoordinator();
    assert.equal((await coordinator.api('POST', '/runners/verify', '{"token')).status, 400);
  });
});
