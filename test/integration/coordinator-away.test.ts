import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CoordinatorLine } from '../faults/coordinator-line.ts';
import { checkNumbers, chattyJob, numbersOf } from '../support/chatty-job.ts';
import { needsEngine } from '../support/engine.ts';
import { inProcessAgent } from '../support/in-process-agent.ts';
import { FastClock } from '../support/fast-clock.ts';
import { startCoordinator, type QueuedJob } from '../support/start-coordinator.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';

/**
 * The agent's clock runs forty times as fast as the machine's: its back-off, intervals and patience are those of ten minutes in
 * fifteen seconds. The jobs, the engine and the connections are real and keep the machine's time.
 */
const FACTOR = 40;
const OUTAGE_MS = 600_000 / FACTOR;

describe('a coordinator that is away for ten minutes', { skip: needsEngine() }, () => {
  test('ten jobs run and end meanwhile: every result and every line arrives, once, soon after it is back', async (t) => {
    await using dir = await tempDir();
    await using coordinator = await startCoordinator();
    const token = `glrt-${randomBytes(9).toString('hex')}`;
    coordinator.server.state.runners.add({ token, tags: [] });
    await using line = await CoordinatorLine.open(Number(new URL(coordinator.url).port));
    const clock = new FastClock(FACTOR);
    await using agent = inProcessAgent({ url: line.url, token, stateDir: dir.path, concurrent: 10, clock });
    const jobs: { job: QueuedJob; count: number; exitCode: number }[] = [];
    for (let i = 0; i < 10; i++) {
      const [count, exitCode] = [10 + 5 * i, i % 3 === 2 ? 7 : 0];
      jobs.push({ job: await coordinator.queue(chattyJob(count, exitCode)), count, exitCode });
    }
    const started = async (): Promise<boolean> => {
      const traces = await Promise.all(jobs.map(({ job }) => coordinator.call('GET', `/mock/jobs/${job.id}/trace`)));
      return traces.every(({ text }) => numbersOf(text, 'O').length > 0);
    };
    for (let tries = 0; tries < 3 && !(await started()); tries++)
      await waitFor(started, 'all ten scripts run').catch(() => {});
    assert.ok(await started(), agent.lines.join('\n'));

    // connections are refused, then taken without a word, then broken
    const outage = (async () => {
      await line.disturb('refuse', OUTAGE_MS / 3);
      await line.disturb('hang', OUTAGE_MS / 3);
      line.cut();
      await line.disturb('refuse', OUTAGE_MS / 3);
    })();
    await delay(OUTAGE_MS * 0.95);
    const states = await Promise.all(jobs.map(async ({ job }) => (await coordinator.view(job)).state));
    assert.ok(
      states.filter((state) => state === 'running').length >= 9,
      `the outage came too late: ${states.join(' ')}`,
    );
    assert.ok(agent.deliveries.count >= 9, 'all jobs have ended, their results wait');
    await outage;
    const back = performance.now();
    await waitFor(() => agent.deliveries.count === 0, 'all results are delivered');
    const virtualSeconds = ((performance.now() - back) * FACTOR) / 1000;
    for (const { job, count, exitCode } of jobs) await checkNumbers(coordinator, job, count, exitCode);
    assert.equal(await agent.stop(), 0);
    assert.deepEqual(existsSync(dir.file('jobs')) ? readdirSync(dir.file('jobs')) : [], []);
    t.diagnostic(`all delivered ${virtualSeconds.toFixed(0)} s after it was back, on the agent's clock`);
  });
});
