import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HttpCoordinator } from '../../../../agent/coordinator/http-coordinator.ts';
import { runnerInfo } from '../../../../agent/coordinator/runner-info.ts';
import { RecordingServer } from '../../../support/recording-server.ts';

const job = { id: 42, token: 'glcbt-job' };
const runner = { token: 'glrt-runner', systemId: 's_0123456789ab' };

describe('redirects', () => {
  for (const status of [307, 308])
    test(`${status} on the same host repeats method, headers and body`, async () => {
      await using server = await RecordingServer.start();
      const coordinator = new HttpCoordinator({ url: server.url, env: {} });
      server.answer({ status, headers: { Location: '/moved/here?x=1' } }, { status: 202 });
      const reply = await coordinator.patchTrace(job, Buffer.from('text'), 5, false);
      assert.equal(reply.status, 202);
      const [, second] = server.requests;
      assert.deepEqual([second?.method, second?.path, second?.body], ['PATCH', '/moved/here?x=1', 'text']);
      assert.equal(second?.headers['job-token'], job.token);
      assert.equal(second?.headers['content-range'], '5-8');
    });

  test('neither job token nor runner token ever reaches another host', async () => {
    await using server = await RecordingServer.start();
    await using other = await RecordingServer.start();
    const coordinator = new HttpCoordinator({ url: server.url, env: {} });
    server.answer({ status: 307, headers: { Location: `${other.url}/elsewhere` } });
    assert.equal((await coordinator.updateJob(job, { state: 'success' })).status, 307);
    assert.equal((await coordinator.patchTrace(job, Buffer.from('x'), 0, false)).status, 307);
    const offer = await coordinator.requestJob(runner, runnerInfo(), undefined, new AbortController().signal);
    assert.deepEqual(offer, { kind: 'error', status: 307, message: `redirected to ${other.url}/elsewhere` });
    assert.deepEqual(other.requests, []);
  });

  test('a loop of redirects ends', async () => {
    await using server = await RecordingServer.start();
    const coordinator = new HttpCoordinator({ url: server.url, env: {} });
    server.answer({ status: 307, headers: { Location: '/again' } });
    assert.equal((await coordinator.updateJob(job, { state: 'success' })).status, 307);
    assert.equal(server.requests.length, 11);
  });

  test('a redirect without Location is an answer like any other', async () => {
    await using server = await RecordingServer.start();
    const coordinator = new HttpCoordinator({ url: server.url, env: {} });
    server.answer({ status: 307 });
    assert.equal((await coordinator.updateJob(job, { state: 'success' })).status, 307);
  });
});
