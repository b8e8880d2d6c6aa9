import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCoordinator } from '../../../support/start-coordinator.ts';

const token = 'GR1348941test-registration';

describe('POST /runners', () => {
  test('C3: no token 400, bad token 403, good token 201 with id and token', async () => {
    await using coordinator = await startCoordinator();
    const missing = await coordinator.api('POST', '/runners', {});
    assert.deepEqual([missing.status, missing.json], [400, { error: 'token is missing' }]);
    assert.equal((await coordinator.api('POST', '/runners', { token: 'wrong' })).status, 403);
    const made = await coordinator.api('POST', '/runners', { token, tag_list: 'tag1, tag2', run_untagged: true });
    assert.equal(made.status, 201);
    assert.match(made.json.token, /^glrt-/);
    assert.ok(made.json.id > 0);
    assert.equal(made.json.token_expires_at, null);
    assert.deepEqual(coordinator.server.state.runners.byId(made.json.id)?.tags, ['tag1', 'tag2']);
    assert.equal(coordinator.server.state.runners.byId(made.json.id)?.paused, false);
  });

  test('registration tokens that are off are answered 410', async () => {
    await using coordinator = await startCoordinator({ dataDir: '/nonexistent' });
    Object.assign(coordinator.server.state.options, { registrationToken: undefined });
    assert.equal((await coordinator.api('POST', '/runners', { token })).status, 410);
  });

  test('C4: more runners than allowed are refused with the field', async () => {
    await using coordinator = await startCoordinator({ runnerLimit: 1 });
    const refused = await coordinator.api('POST', '/runners', { token });
    assert.equal(refused.status, 400);
    assert.match(refused.json.message['runner_projects.base'][0], /Maximum number/);
  });

  test('a field of a wrong type is a 400 that names it', async () => {
    await using coordinator = await startCoordinator();
    const refused = await coordinator.api('POST', '/runners', { token, maximum_timeout: 'long' });
    assert.equal(refused.status, 400);
    assert.match(refused.json.error, /maximum_timeout/);
  });
});
