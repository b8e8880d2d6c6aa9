import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobPayloadSchema } from '#protocol/job.ts';
import { parseMessage } from '#protocol/parse.ts';
import { fullFeatures, startCoordinator } from '../../../support/start-coordinator.ts';

const lastUpdate = 'x-gitlab-last-update';

describe('POST /jobs/request', () => {
  test('C9: no token 400, bad token 403, orphaned 422, paused 204 with the queue value', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.call('POST', '/mock/runners', { token: 'glrt-paused', paused: true });
    await coordinator.call('POST', '/mock/runners', { token: 'glrt-alone', orphaned: true });
    await coordinator.queue();
    assert.equal((await coordinator.request({ token: undefined })).status, 400);
    assert.equal((await coordinator.request({ token: 'glrt-bad' })).status, 403);
    assert.equal((await coordinator.request({ token: 'glrt-alone' })).status, 422);
    const paused = await coordinator.request({ token: 'glrt-paused' });
    assert.equal(paused.status, 204);
    assert.ok(paused.headers.has(lastUpdate));
  });

  test('C10: idle answers carry the queue value, which changes with a new job', async () => {
    await using coordinator = await startCoordinator();
    const first = (await coordinator.request()).headers.get(lastUpdate);
    assert.ok(first);
    assert.equal((await coordinator.request({ last_update: first })).headers.get(lastUpdate), first);
    await coordinator.running();
    const second = (await coordinator.request({ last_update: first })).headers.get(lastUpdate);
    assert.ok(second);
    assert.notEqual(second, first);
  });

  test('C11: a job is 201 JSON without queue value, once', async () => {
    await using coordinator = await startCoordinator();
    const { id, token } = await coordinator.queue();
    const answer = await coordinator.request();
    assert.equal(answer.status, 201);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(answer.headers.get(lastUpdate), null);
    const payload = parseMessage(jobPayloadSchema, answer.json, 'job payload');
    assert.deepEqual([payload.id, payload.token], [id, token]);
    assert.ok(payload.features.failure_reasons.includes('runner_interrupted'));
    assert.equal((await coordinator.request()).status, 204);
    assert.equal((await coordinator.view({ id, token })).state, 'running');
  });

  test('jobs are handed out oldest first, to runners that fit by tags', async () => {
    await using coordinator = await startCoordinator();
    const { token } = (await coordinator.call('POST', '/mock/runners', { tags: ['gpu'], run_untagged: false })).json;
    const plain = await coordinator.queue();
    const gpu = await coordinator.queue({ _opts: { tags: ['gpu'] } });
    const docker = await coordinator.queue({ _opts: { tags: ['docker'] } });
    assert.equal((await coordinator.request({ token })).json.id, gpu.id);
    assert.equal((await coordinator.request({ token })).status, 204);
    assert.equal((await coordinator.request()).json.id, plain.id);
    assert.equal((await coordinator.request()).json.id, docker.id);
  });

  test('a job for one runner goes to no other', async () => {
    await using coordinator = await startCoordinator();
    const { token } = (await coordinator.call('POST', '/mock/runners', {})).json;
    const job = await coordinator.queue({ _opts: { for_runner: token } });
    assert.equal((await coordinator.request()).status, 204);
    assert.equal((await coordinator.request({ token })).json.id, job.id);
  });

  const needs: [string, object][] = [
    ['upload_multiple_artifacts', { artifacts: [{ artifact_type: 'junit', artifact_format: 'gzip', paths: ['a'] }] }],
    ['artifacts_exclude', { artifacts: [{ paths: ['a'], exclude: ['b'] }] }],
    ['multi_build_steps', { steps: [{ name: 'script' }, { name: 'release' }] }],
    ['refspecs', { git_info: { refspecs: ['+refs/merge-requests/1/head:refs/x'] } }],
    ['fallback_cache_keys', { cache: [{ key: 'a', fallback_keys: ['b'] }] }],
    ['return_exit_code', { _opts: { allow_failure: { exit_codes: [3] } } }],
    ['vault_secrets', { secrets: { A: { vault: {} } } }],
  ];
  for (const [feature, changes] of needs) {
    test(`C13, C14, C23: a job that needs ${feature} fails as runner_unsupported without it; the next one is handed out`, async () => {
      await using coordinator = await startCoordinator();
      const job = await coordinator.queue(changes);
      const info = { features: { ...fullFeatures, [feature]: false } };
      const refused = await coordinator.request({ info });
      assert.equal(refused.status, 204);
      assert.ok(refused.headers.has(lastUpdate));
      const { state, failure_reason } = await coordinator.view(job);
      assert.deepEqual([state, failure_reason], ['failed', 'runner_unsupported']);
      const next = await coordinator.queue(changes);
      assert.equal((await coordinator.request()).json.id, next.id);
    });
  }

  test('C17: the shorter of the job timeout and the runner limit counts', async () => {
    await using coordinator = await startCoordinator();
    for (const [maximum_timeout, expected] of [
      [1000, 1000],
      [2000, 1234],
    ]) {
      const { token } = (await coordinator.call('POST', '/mock/runners', { maximum_timeout })).json;
      await coordinator.queue({ runner_info: { timeout: 1234 }, _opts: { for_runner: token } });
      assert.equal((await coordinator.request({ token })).json.runner_info.timeout, expected);
    }
  });

  test('a request of more than 32 KiB is refused with 413', async () => {
    await using coordinator = await startCoordinator();
    assert.equal((await coordinator.request({ info: { name: 'x'.repeat(33_000) } })).status, 413);
  });

  test('features of the last contact count when a request brings none', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.queue({ artifacts: [{ paths: ['a'], exclude: ['b'] }] });
    await coordinator.request({ info: { features: fullFeatures }, token: coordinator.runnerToken, system_id: 's_1' });
    const second = await coordinator.queue({ artifacts: [{ paths: ['a'], exclude: ['b'] }] });
    const answer = await coordinator.request({ info: undefined, system_id: 's_1' });
    assert.equal((await coordinator.view(job)).state, 'running');
    assert.equal(answer.json?.id, second.id);
  });

  test('an answer that a test wrote is sent as it is', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.queue({ _opts: { answer: '{"id": 7, "tok', answer_type: 'text/html' } });
    const answer = await coordinator.request();
    assert.deepEqual([answer.status, answer.text], [201, '{"id": 7, "tok']);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
  });
});
