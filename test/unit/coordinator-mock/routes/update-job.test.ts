import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { startCoordinator } from '../../../support/start-coordinator.ts';

const interval = 'x-gitlab-trace-update-interval';
const output = { checksum: `crc32:${crc32('hello').toString(16)}`, bytesize: 5 };

describe('PUT /jobs/:id', () => {
  test('C26: running is 200 with Job-Status; success without checksum ends the job', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    const first = await coordinator.update(job, { state: 'running', output: {} });
    assert.deepEqual([first.status, first.headers.get('job-status')], [200, 'running']);
    const last = await coordinator.update(job, { state: 'success' });
    assert.deepEqual([last.status, last.headers.get('job-status'), last.headers.get(interval)], [200, 'success', null]);
    assert.equal((await coordinator.view(job)).state, 'success');
  });

  test('C27: while the trace is not migrated the end is 202 with growing intervals, then 200', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running({ _opts: { force202: 2 } });
    await coordinator.patch(job, 0, 'hello');
    const replies = [];
    for (let count = 0; count < 3; count += 1)
      replies.push(await coordinator.update(job, { state: 'success', output }));
    assert.deepEqual(
      replies.map(({ status, headers }) => [status, headers.get('job-status'), headers.get(interval)]),
      [
        [202, 'running', '1'],
        [202, 'running', '2'],
        [200, 'success', null],
      ],
    );
  });

  for (const [label, sent, expected] of [
    ['right', output, true],
    ['wrong', { ...output, checksum: 'crc32:00000000' }, false],
    ['of another size', { ...output, bytesize: 4 }, false],
  ] as const) {
    test(`a checksum that is ${label} is noticed, the job ends all the same`, async () => {
      await using coordinator = await startCoordinator();
      const job = await coordinator.running();
      await coordinator.patch(job, 0, 'hel');
      await coordinator.patch(job, 3, 'lo');
      assert.equal((await coordinator.update(job, { state: 'success', output: sent })).status, 200);
      assert.equal((await coordinator.view(job)).checksum_ok, expected);
    });
  }

  for (const [sent, stored] of [
    ['runner_system_failure', 'runner_system_failure'],
    ['my_own_reason', 'my_own_reason'],
    ['never_heard_of', 'unknown_failure'],
    [undefined, 'unknown_failure'],
  ]) {
    test(`C28: failure_reason ${sent} is stored as ${stored}`, async () => {
      await using coordinator = await startCoordinator();
      const job = await coordinator.running({ features: { failure_reasons: ['my_own_reason'] } });
      await coordinator.update(job, { state: 'failed', failure_reason: sent });
      assert.equal((await coordinator.view(job)).failure_reason, stored);
    });
  }

  for (const [exit_code, allowed] of [
    [3, true],
    [4, false],
    [undefined, false],
  ] as const) {
    test(`C29: exit code ${exit_code} of a job that may fail with 3: allowed is ${allowed}`, async () => {
      await using coordinator = await startCoordinator();
      const job = await coordinator.running({ _opts: { allow_failure: { exit_codes: [3] } } });
      await coordinator.update(job, { state: 'failed', failure_reason: 'script_failure', exit_code });
      assert.equal((await coordinator.view(job)).allow_failure, allowed);
    });
  }

  test('C30: unknown fields are ignored; bad states, wrong types and a missing token are 400', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    assert.equal((await coordinator.update(job, { state: 'running', newer: [1] })).status, 200);
    for (const state of ['pending', 'canceled', 'nonsense', 7, undefined]) {
      assert.equal((await coordinator.update(job, { state })).status, 400, String(state));
    }
    const wrong = await coordinator.update(job, { state: 'failed', exit_code: 'one' });
    assert.deepEqual([wrong.status, /exit_code/.test(wrong.json.error)], [400, true]);
    const headers = { 'job-token': job.token };
    const missing = await coordinator.api('PUT', `/jobs/${job.id}`, { state: 'running' }, headers);
    assert.deepEqual([missing.status, missing.json], [400, { error: 'token is missing' }]);
  });

  test('C31: finished and canceled jobs are 403 with Job-Status and stay as they are; unknown ones and bad tokens 403 without', async () => {
    await using coordinator = await startCoordinator();
    const failed = await coordinator.running();
    await coordinator.update(failed, { state: 'failed', failure_reason: 'script_failure' });
    const again = await coordinator.update(failed, { state: 'success' });
    assert.deepEqual([again.status, again.headers.get('job-status')], [403, 'failed']);
    assert.equal((await coordinator.view(failed)).failure_reason, 'script_failure');
    const canceled = await coordinator.running();
    await coordinator.call('POST', `/mock/jobs/${canceled.id}/cancel`, { force: true });
    const late = await coordinator.update(canceled, { state: 'running' });
    assert.deepEqual([late.status, late.headers.get('job-status')], [403, 'canceled']);
    for (const other of [
      { id: 999_999, token: canceled.token },
      { id: canceled.id, token: failed.token },
      { id: canceled.id, token: coordinator.runnerToken },
    ]) {
      const refused = await coordinator.update(other, { state: 'running' });
      assert.deepEqual([refused.status, refused.headers.get('job-status')], [403, null]);
    }
    const pending = await coordinator.queue();
    assert.equal((await coordinator.update(pending, { state: 'running' })).status, 403);
  });

  for (const state of ['success', 'failed']) {
    test(`C32: a job that is being canceled and reports ${state} ends as canceled`, async () => {
      await using coordinator = await startCoordinator();
      const job = await coordinator.running();
      await coordinator.call('POST', `/mock/jobs/${job.id}/cancel`, {});
      const alive = await coordinator.update(job, { state: 'running' });
      assert.deepEqual([alive.status, alive.headers.get('job-status')], [200, 'canceling']);
      const end = await coordinator.update(job, { state, failure_reason: 'job_canceled' });
      assert.deepEqual([end.status, end.headers.get('job-status')], [200, 'canceled']);
    });
  }

  test('a runner that cannot cancel gracefully has its job canceled at once', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.queue();
    await coordinator.request({ info: { features: {} } });
    const canceled = await coordinator.call('POST', `/mock/jobs/${job.id}/cancel`, {});
    assert.equal(canceled.json.state, 'canceled');
  });

  test('scripted answers come in order; 412 forgets the trace', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running({ _opts: { final: [202, 412, 503] } });
    await coordinator.patch(job, 0, 'hello');
    const statuses = [];
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await coordinator.update(job, { state: 'success', output })).status);
    }
    assert.deepEqual(statuses, [202, 412, 503]);
    assert.equal((await coordinator.patch(job, 0, 'hello')).status, 202);
    assert.equal((await coordinator.update(job, { state: 'success', output })).status, 200);
    const view = await coordinator.view(job);
    assert.deepEqual([view.state, view.checksum_ok, view.trace_bytes], ['success', true, 5]);
  });

  test('updates are shown with their time and without token', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    await coordinator.update(job, { state: 'running', info: { name: 'x' }, output: {} });
    const { updates } = await coordinator.view(job);
    assert.deepEqual(Object.keys(updates[0]).toSorted(), ['output', 'state', 't']);
  });
});
