import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCoordinator } from '../../../support/start-coordinator.ts';

const path = '/runners/reset_authentication_token';

describe('C6: token reset', () => {
  test('by the token itself: a new one, and the old one is invalid at once', async () => {
    await using coordinator = await startCoordinator();
    const { runnerToken: token } = coordinator;
    const reset = await coordinator.api('POST', path, { token });
    assert.equal(reset.status, 201);
    assert.match(reset.json.token, /^glrt-/);
    assert.equal(reset.json.token_expires_at, null);
    assert.equal((await coordinator.api('POST', path, { token })).status, 403);
    assert.equal((await coordinator.api('POST', '/runners/verify', { token })).status, 403);
    assert.equal((await coordinator.api('POST', '/runners/verify', { token: reset.json.token })).status, 200);
  });

  test('an expired token cannot be reset', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.call('POST', '/mock/runners', { token: 'glrt-old', expires_at: '2001-01-01T00:00:00Z' });
    assert.equal((await coordinator.api('POST', path, { token: 'glrt-old' })).status, 403);
  });

  test('by runner id with a personal access token and the body `null`', async () => {
    await using coordinator = await startCoordinator();
    const byId = '/runners/1/reset_authentication_token';
    const headers = { 'content-type': 'application/json', 'private-token': 'glpat-test' };
    assert.equal((await coordinator.api('POST', byId, 'null', { ...headers, 'private-token': 'x' })).status, 403);
    assert.equal((await coordinator.api('POST', byId.replace('1', '99'), 'null', headers)).status, 404);
    const reset = await coordinator.api('POST', byId, 'null', headers);
    assert.equal(reset.status, 201);
    assert.equal((await coordinator.api('POST', '/runners/verify', { token: reset.json.token })).status, 200);
  });
});
