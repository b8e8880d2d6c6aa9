import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { startCoordinator, type TestCoordinator } from '../../../support/start-coordinator.ts';

const polling = 'gitlab-ci-builds-polling';

async function queueValue(coordinator: TestCoordinator): Promise<string> {
  return (await coordinator.request()).headers.get('x-gitlab-last-update') ?? '';
}

/** Resolves when the coordinator holds a request of its first runner. */
async function held({ server }: TestCoordinator): Promise<void> {
  const { events } = server.state.runners;
  while (events.listenerCount('tick:1') === 0) await setImmediate();
}

describe('C24: long polling', () => {
  test('a current value is held until the time is over', async () => {
    await using coordinator = await startCoordinator({ longPollSeconds: 0.3 });
    const last_update = await queueValue(coordinator);
    const start = performance.now();
    const answer = await coordinator.request({ last_update });
    assert.ok(performance.now() - start > 280);
    assert.deepEqual([answer.status, answer.headers.get(polling)], [204, 'yes']);
    assert.equal(answer.headers.get('x-gitlab-last-update'), null);
  });

  test('a job that comes during the hold ends it with a plain 204; the next request gets the job', async () => {
    await using coordinator = await startCoordinator({ longPollSeconds: 60 });
    const last_update = await queueValue(coordinator);
    const waiting = coordinator.request({ last_update });
    await held(coordinator);
    const { id } = await coordinator.queue();
    const answer = await waiting;
    assert.deepEqual([answer.status, answer.headers.get(polling)], [204, 'yes']);
    assert.equal((await coordinator.request({ last_update })).json.id, id);
  });

  test('a value that is not current, and none at all, are answered at once', async () => {
    await using coordinator = await startCoordinator({ longPollSeconds: 60 });
    const last_update = await queueValue(coordinator);
    const { id } = await coordinator.queue();
    assert.equal((await coordinator.request({ last_update })).json.id, id);
    const idle = await coordinator.request();
    assert.deepEqual([idle.status, idle.headers.get(polling)], [204, null]);
    assert.equal((await coordinator.request({ last_update })).status, 204);
  });

  test('whoever hangs up gets no job: it stays in the queue', async () => {
    await using coordinator = await startCoordinator();
    const { token: paused } = (await coordinator.call('POST', '/mock/runners', { paused: true })).json;
    await coordinator.call('POST', '/mock/faults', { endpoint: 'jobs/request', hang_ms: 100, count: 2 });
    const job = await coordinator.queue();
    const arrived = new Promise((resolve) => subscribe('http.server.request.start', resolve));
    const asking = request(`${coordinator.url}/api/v4/jobs/request`, { method: 'POST', agent: false });
    asking.on('error', () => undefined);
    asking.end(JSON.stringify({ token: coordinator.runnerToken }));
    await arrived;
    asking.destroy();
    // Held as long as the first request, this one is answered after it.
    assert.equal((await coordinator.request({ token: paused })).status, 204);
    assert.equal((await coordinator.view(job)).state, 'pending');
    assert.equal((await coordinator.request()).json.id, job.id);
  });

  test('closing the coordinator ends a hold', async () => {
    const coordinator = await startCoordinator({ longPollSeconds: 60 });
    const last_update = await queueValue(coordinator);
    const waiting = coordinator.request({ last_update });
    await held(coordinator);
    const refused = assert.rejects(waiting);
    await coordinator[Symbol.asyncDispose]();
    await refused;
  });
});
