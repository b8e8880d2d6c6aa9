import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCoordinator } from '../../../support/start-coordinator.ts';

describe('C5: DELETE /runners and /runners/managers', () => {
  test('a runner goes by the token in the body', async () => {
    await using coordinator = await startCoordinator();
    const { runnerToken: token } = coordinator;
    assert.equal((await coordinator.api('DELETE', '/runners', {})).status, 400);
    assert.equal((await coordinator.api('DELETE', '/runners', { token: 'x' })).status, 403);
    assert.equal((await coordinator.api('DELETE', '/runners', { token })).status, 204);
    assert.equal((await coordinator.api('DELETE', '/runners', { token })).status, 403);
  });

  test('a manager goes by its system_id and the runner stays', async () => {
    await using coordinator = await startCoordinator();
    const { runnerToken: token } = coordinator;
    const path = '/runners/managers';
    await coordinator.api('POST', '/runners/verify', { token, system_id: 's_000000000001' });
    assert.equal((await coordinator.api('DELETE', path, { system_id: 's_000000000001' })).status, 400);
    assert.equal((await coordinator.api('DELETE', path, { token })).status, 400);
    assert.equal((await coordinator.api('DELETE', path, { token: 'x', system_id: 's_000000000001' })).status, 403);
    assert.equal((await coordinator.api('DELETE', path, { token, system_id: 's_000000000009' })).status, 404);
    assert.equal((await coordinator.api('DELETE', path, { token, system_id: 's_000000000001' })).status, 204);
    assert.equal((await coordinator.api('POST', '/runners/verify', { token })).status, 200);
  });
});
