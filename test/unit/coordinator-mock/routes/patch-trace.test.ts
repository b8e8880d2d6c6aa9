import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { startCoordinator, type Answer } from '../../../support/start-coordinator.ts';

const told = ({ status, headers }: Answer) => [status, headers.get('job-status'), headers.get('range')];
const interval = 'x-gitlab-trace-update-interval';

describe('PATCH /jobs/:id/trace', () => {
  test('C36: a patch is 202 with Range, Job-Status and interval', async () => {
    await using coordinator = await startCoordinator({ traceInterval: 7 });
    const job = await coordinator.running();
    const answer = await coordinator.patch(job, 0, 'hello');
    assert.deepEqual(told(answer), [202, 'running', '0-5']);
    assert.equal(answer.headers.get(interval), '7');
    await coordinator.patch(job, 5, new Uint8Array([0xff, 0x00, 0x0a]));
    const trace = await coordinator.call('GET', `/mock/jobs/${job.id}/trace`);
    assert.equal(trace.text, 'hello\ufffd\0\n');
  });

  test('C37: a start that is not the size is 416 with the size; a total is tolerated', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    await coordinator.patch(job, 0, 'hello');
    for (const start of [0, 4, 6]) {
      assert.deepEqual(told(await coordinator.patch(job, start, 'x')), [416, 'running', '0-5'], String(start));
    }
    const headers = { 'job-token': job.token, 'content-range': '5-99/200', 'content-type': 'text/plain' };
    const total = await coordinator.api('PATCH', `/jobs/${job.id}/trace?debug_trace=false`, ' you', headers);
    assert.deepEqual(told(total), [202, 'running', '0-9']);
  });

  test('C38: no Content-Range is 400, an empty body at the end is 202', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    const path = `/jobs/${job.id}/trace`;
    const headers = { 'job-token': job.token, 'content-type': 'text/plain' };
    assert.equal((await coordinator.api('PATCH', path, 'x', headers)).status, 400);
    const empty = await coordinator.api('PATCH', path, '', { ...headers, 'content-range': '0--1' });
    assert.deepEqual(told(empty), [202, 'running', '0-0']);
    assert.deepEqual((await coordinator.view(job)).t.first_trace, undefined);
  });

  test("C39: GitLab's interval is 60, and 3 while somebody watches", async () => {
    await using coordinator = await startCoordinator({ traceInterval: 'watched' });
    const job = await coordinator.running();
    assert.equal((await coordinator.patch(job, 0, 'a')).headers.get(interval), '60');
    const socket = new WebSocket(`${coordinator.url.replace('http', 'ws')}/mock/live?job=${job.id}`);
    await new Promise((resolve) => socket.once('message', resolve));
    assert.equal((await coordinator.patch(job, 1, 'b')).headers.get(interval), '3');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close();
    await closed;
  });

  for (const value of [-10, 0, 'soon']) {
    test(`a job can have the interval ${value}`, async () => {
      await using coordinator = await startCoordinator();
      const job = await coordinator.running({ _opts: { interval: value } });
      assert.equal((await coordinator.patch(job, 0, 'a')).headers.get(interval), String(value));
    });
  }

  test('C40: canceling still takes the trace, canceled does not', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    await coordinator.call('POST', `/mock/jobs/${job.id}/cancel`, {});
    assert.deepEqual(told(await coordinator.patch(job, 0, 'a')), [202, 'canceling', '0-1']);
    await coordinator.call('POST', `/mock/jobs/${job.id}/cancel`, { force: true });
    assert.deepEqual(told(await coordinator.patch(job, 1, 'a')), [403, 'canceled', null]);
  });

  test('C41: unknown jobs and bad tokens are 403; a trace over the limit fails the job', async () => {
    await using coordinator = await startCoordinator({ traceLimitBytes: 8 });
    const job = await coordinator.running();
    assert.equal((await coordinator.patch({ ...job, id: 999_999 }, 0, 'a')).status, 403);
    assert.equal((await coordinator.patch({ ...job, token: 'x' }, 0, 'a')).status, 403);
    assert.equal((await coordinator.patch(job, 0, '12345678')).status, 202);
    assert.deepEqual(told(await coordinator.patch(job, 8, '9')), [403, 'failed', null]);
    assert.equal((await coordinator.view(job)).failure_reason, 'trace_size_exceeded');
  });

  test('C42: a coordinator that has lost the trace says so and takes it again from the start', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running({ _opts: { lose: { at: 5, to: 0 } } });
    await coordinator.patch(job, 0, 'hello');
    assert.deepEqual(told(await coordinator.patch(job, 5, ' you')), [416, 'running', '0-0']);
    assert.deepEqual(told(await coordinator.patch(job, 0, 'hello you')), [202, 'running', '0-9']);
    assert.deepEqual(told(await coordinator.patch(job, 9, '!')), [202, 'running', '0-10']);
  });

  test('marks are stamped when they first appear, also across patches', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running({ _opts: { marks: ['done', 'never'] } });
    await coordinator.patch(job, 0, 'not yet do');
    assert.equal((await coordinator.view(job)).t.done, undefined);
    await coordinator.patch(job, 10, 'ne');
    const { t, patches } = await coordinator.view(job);
    assert.ok(t.queued <= t.handed && t.handed <= t.first_trace && t.first_trace < t.done);
    assert.equal(t.never, undefined);
    assert.deepEqual(patches, [
      [t.first_trace, 10],
      [t.done, 2],
    ]);
  });
});
