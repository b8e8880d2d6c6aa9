import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { CoordinatorLine } from '../faults/coordinator-line.ts';
import { chattyJob, checkNumbers, numbersOf } from '../support/chatty-job.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { inProcessAgent } from '../support/in-process-agent.ts';
import { runAgent } from '../support/run-agent.ts';
import { startCoordinator } from '../support/start-coordinator.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';

describe('an agent that ends while the coordinator is away', { skip: needsEngine() }, () => {
  for (const exitCode of [0, 7])
    test(`its next start delivers the result of a job that ended with ${exitCode}, and runs nothing again`, async () => {
      await using dir = await tempDir();
      await using coordinator = await startCoordinator();
      const token = `glrt-${randomBytes(9).toString('hex')}`;
      coordinator.server.state.runners.add({ token, tags: [] });
      await using line = await CoordinatorLine.open(Number(new URL(coordinator.url).port));
      const options = { url: line.url, token, stateDir: dir.path, concurrent: 1 };
      const job = await coordinator.queue(chattyJob(5, exitCode));
      const trace = async (): Promise<string> => (await coordinator.call('GET', `/mock/jobs/${job.id}/trace`)).text;
      {
        await using agent = inProcessAgent(options);
        await waitFor(async () => numbersOf(await trace(), 'O').length > 0, 'the script runs');
        const outage = line.disturb('refuse', 8000);
        await waitFor(() => agent.deliveries.count === 1, 'the result waits');
        assert.equal(await agent.stop(), 0);
        assert.match(agent.lines.join('\n'), /left on disk.*results=1/);
        assert.equal((await coordinator.view(job)).state, 'running');
        await outage;
      }
      assert.deepEqual(await readdir(dir.file('jobs')), [String(job.id)]);
      await using agent = inProcessAgent(options);
      await waitFor(async () => (await coordinator.view(job)).state !== 'running', 'the result is delivered');
      await checkNumbers(coordinator, job, 5, exitCode);
      assert.equal(await agent.stop(), 0);
      assert.deepEqual(await readdir(dir.file('jobs')), []);
    });
});

test('run-single has no next start: it waits with the result', { skip: needsEngine() }, async (t) => {
  await using dir = await tempDir();
  await using coordinator = await startCoordinator();
  const token = `glrt-${randomBytes(9).toString('hex')}`;
  coordinator.server.state.runners.add({ token, tags: [] });
  await using line = await CoordinatorLine.open(Number(new URL(coordinator.url).port));
  const job = await coordinator.queue(chattyJob(5, 0));
  const paths = ['--config', dir.file('config.toml'), '--state-dir', dir.file('state')];
  const image = ['--docker-image', 'busybox:latest', '--docker-pull-policy', 'if-not-present'];
  const runner = ['--docker-host', `unix://${engineSocket()}`, ...image, '--url', line.url, '--token', token];
  const agent = { pid: 0, over: false };
  const onStart = (pid: number): void => void (agent.pid = pid);
  const ended = runAgent(['run-single', '--max-builds', '1', ...paths, ...runner], { onStart });
  t.after(() => agent.over || process.kill(agent.pid, 'SIGTERM'));
  const trace = async (): Promise<string> => (await coordinator.call('GET', `/mock/jobs/${job.id}/trace`)).text;
  await waitFor(async () => numbersOf(await trace(), 'O').length > 0, 'the script runs');
  await line.disturb('refuse', 6000);
  assert.equal((await coordinator.view(job)).state, 'running');
  const { code, stderr } = await ended;
  agent.over = true;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Results wait for the coordinator/);
  await checkNumbers(coordinator, job, 5, 0);
});
