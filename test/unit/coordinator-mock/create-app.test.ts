import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createApp } from '../../../coordinator-mock/create-app.ts';
import { startCoordinator } from '../../support/start-coordinator.ts';

describe('the coordinator as a whole', () => {
  test('unknown paths are 404, router discovery is 501', async () => {
    await using coordinator = await startCoordinator();
    for (const path of ['/', '/api/v4/nothing', '/api/v4/jobs/abc/trace', '/mock/nothing']) {
      assert.equal((await coordinator.call('GET', path)).status, 404, path);
    }
    assert.equal((await coordinator.api('GET', '/runners/router/discovery')).status, 501);
  });

  test('the admin API is for this machine only, unless it is told otherwise', async () => {
    await using coordinator = await startCoordinator();
    const { state } = coordinator.server;
    const get = async (): Promise<number> => {
      const app = await createApp(state);
      const { statusCode } = await app.inject({ method: 'GET', url: '/mock/runners', remoteAddress: '172.17.0.2' });
      await app.close();
      return statusCode;
    };
    assert.equal(await get(), 403);
    Object.assign(state.options, { adminFromAnywhere: true });
    assert.equal(await get(), 200);
  });
});
