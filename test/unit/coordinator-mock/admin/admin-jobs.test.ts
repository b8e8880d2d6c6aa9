import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCoordinator } from '../../../support/start-coordinator.ts';

describe('/mock/jobs', () => {
  test('a partial payload is laid over a minimal one', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.queue({
      job_info: { name: 'mine' },
      image: { entrypoint: ['/x'] },
      steps: [{ name: 'script', script: ['echo __TOKEN__'] }],
      services: null,
      _variables: [{ key: 'LAST', value: 'one' }],
    });
    const { json } = await coordinator.request();
    assert.equal(json.job_info.name, 'mine');
    assert.equal(json.job_info.project_id, 7);
    assert.deepEqual([json.image.name, json.image.entrypoint], ['busybox:latest', ['/x']]);
    assert.deepEqual(json.steps[0].script, [`echo ${job.token}`]);
    assert.equal(json.services, null);
    assert.deepEqual(json.variables.at(-1), { key: 'LAST', value: 'one' });
    assert.ok(
      json.variables.some(
        ({ key, value }: { key: string; value: string }) => key === 'CI_JOB_ID' && value === String(job.id),
      ),
    );
    assert.ok(!('_opts' in json) && !('_variables' in json));
    assert.equal((await coordinator.view(job)).name, 'mine');
  });

  test('a payload may be as malformed as a test wants', async () => {
    await using coordinator = await startCoordinator();
    await coordinator.queue({ steps: 'echo', runner_info: { timeout: 'long' }, run: null });
    const { json } = await coordinator.request();
    assert.deepEqual([json.steps, json.runner_info.timeout, json.run], ['echo', 'long', null]);
  });

  test('wait answers when the job ends, or when the time is over', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    const early = await coordinator.call('GET', `/mock/jobs/${job.id}/wait?s=0.05`);
    assert.equal(early.json.state, 'running');
    const waiting = coordinator.call('GET', `/mock/jobs/${job.id}/wait?s=60`);
    await coordinator.update(job, { state: 'failed', failure_reason: 'script_failure', exit_code: 7 });
    const { state, failure_reason, exit_code, t } = (await waiting).json;
    assert.deepEqual([state, failure_reason, exit_code], ['failed', 'script_failure', 7]);
    assert.ok(t.queued <= t.handed && t.handed <= t.final);
  });

  test('a job that nobody has is canceled at once', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.queue();
    assert.equal((await coordinator.call('POST', `/mock/jobs/${job.id}/cancel`)).json.state, 'canceled');
    assert.equal((await coordinator.request()).status, 204);
  });

  test('unknown jobs and artifacts are 404, wrong options 400', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.queue();
    assert.equal((await coordinator.call('GET', '/mock/jobs/999999')).status, 404);
    assert.equal((await coordinator.call('GET', `/mock/jobs/${job.id}/artifacts/archive`)).status, 404);
    const refused = await coordinator.call('POST', '/mock/jobs', { _opts: { marks: 'done' } });
    assert.deepEqual([refused.status, /_opts: marks/.test(refused.json.error)], [400, true]);
  });

  test('no token of a job is shown', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    await coordinator.update(job, { state: 'running' });
    assert.ok(!(await coordinator.call('GET', `/mock/jobs/${job.id}`)).text.includes(job.token));
    assert.ok(!(await coordinator.call('GET', '/mock/runners')).text.includes(coordinator.runnerToken));
  });
});
