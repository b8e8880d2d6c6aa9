import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { makeJobHost } from '../../agent/commands/make-job-host.ts';
import { HttpCoordinator } from '../../agent/coordinator/http-coordinator.ts';
import { runDaemon } from '../../agent/daemon/daemon.ts';
import { Deliveries } from '../../agent/job/delivery/deliveries.ts';
import { jobRunner } from '../../agent/job/run-job.ts';
import { CoordinatorLine } from '../faults/coordinator-line.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { FakeSignals } from '../support/fake-signals.ts';
import { FastClock } from '../support/fast-clock.ts';
import { configOf, loadedOf, recordingLogger } from '../support/poll-fixtures.ts';
import { startCoordinator, type QueuedJob, type TestCoordinator } from '../support/start-coordinator.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';

/**
 * The agent's clock runs forty times as fast as the machine's: its back-off, intervals and patience are those of ten minutes in
 * fifteen seconds. The jobs, the engine and the connections are real and keep the machine's time.
 */
const FACTOR = 40;
const OUTAGE_MS = 600_000 / FACTOR;

interface Agent extends AsyncDisposable {
  readonly deliveries: Deliveries;
  readonly lines: string[];
  stop(): Promise<number>;
}

/** An agent in this process, for ten jobs at a time. */
function startAgent(url: string, token: string, stateDir: string): Agent {
  const [clock, signals, { logger, lines }] = [new FastClock(FACTOR), new FakeSignals(), recordingLogger()];
  const runner = { name: 'away', url, token, executor: 'docker' };
  const docker = { host: `unix://${engineSocket()}`, image: 'busybox:latest', pull_policy: 'if-not-present' };
  const config = configOf({ concurrent: 10, runners: [{ ...runner, request_concurrency: 10, docker }] });
  const deliveries = new Deliveries({ logger, clock });
  const host = { ...makeJobHost({ stateDir, systemId: 's_0123456789ab', logger }), clock, deliveries };
  const ended = runDaemon({
    loaded: loadedOf(config),
    systemId: host.systemId,
    runJob: jobRunner(host),
    logger,
    signals,
    clock,
    reload: async () => loadedOf(config),
    makeCoordinator: () => new HttpCoordinator({ url, clock }),
    deliveries,
    settle: () => host.cleanups.idle(),
  });
  const stop = async (): Promise<number> => {
    if (signals.listeners > 0) signals.send('SIGTERM');
    return (await ended).exitCode;
  };
  return { deliveries, lines, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** A job that says a number on both streams each fifth of a second, for so many numbers. */
const chatty = (count: number, exitCode: number): object => ({
  image: { name: 'busybox:latest' },
  steps: [
    {
      name: 'script',
      script: [
        `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); echo "O$i"; echo "E$i" >&2; sleep 0.2; done`,
        `exit ${exitCode}`,
      ],
    },
  ],
  _variables: [{ key: 'GIT_STRATEGY', value: 'none', public: true }],
});

const numbers = (trace: string, mark: string): string[] =>
  [...trace.matchAll(new RegExp(`^(?:\\S+ \\S+ )?${mark}(\\d+)\\r?$`, 'gm'))].map(([, number]) => number ?? '');

async function checkJob(coordinator: TestCoordinator, job: QueuedJob, count: number, exitCode: number): Promise<void> {
  const view = await coordinator.view(job);
  const wanted = exitCode === 0 ? ['success', true] : ['failed', true];
  assert.deepEqual([view.state, view.checksum_ok], wanted, `job ${job.id}`);
  if (exitCode !== 0) assert.equal(view.exit_code, exitCode);
  const trace = (await coordinator.call('GET', `/mock/jobs/${job.id}/trace`)).text;
  const all = Array.from({ length: count }, (_, i) => String(i + 1));
  assert.deepEqual(numbers(trace, 'O'), all);
  assert.deepEqual(numbers(trace, 'E'), all);
}

describe('a coordinator that is away for ten minutes', { skip: needsEngine() }, () => {
  test('ten jobs run and end meanwhile: every result and every line arrives, once, soon after it is back', async (t) => {
    await using dir = await tempDir();
    await using coordinator = await startCoordinator();
    const token = `glrt-${randomBytes(9).toString('hex')}`;
    coordinator.server.state.runners.add({ token, tags: [] });
    await using line = await CoordinatorLine.open(Number(new URL(coordinator.url).port));
    await using agent = startAgent(line.url, token, dir.path);
    const jobs: { job: QueuedJob; count: number; exitCode: number }[] = [];
    for (let i = 0; i < 10; i++) {
      const [count, exitCode] = [10 + 5 * i, i % 3 === 2 ? 7 : 0];
      jobs.push({ job: await coordinator.queue(chatty(count, exitCode)), count, exitCode });
    }
    const started = async (): Promise<boolean> => {
      const traces = await Promise.all(jobs.map(({ job }) => coordinator.call('GET', `/mock/jobs/${job.id}/trace`)));
      return traces.every(({ text }) => numbers(text, 'O').length > 0);
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
    for (const { job, count, exitCode } of jobs) await checkJob(coordinator, job, count, exitCode);
    assert.equal(await agent.stop(), 0);
    assert.deepEqual(existsSync(dir.file('jobs')) ? readdirSync(dir.file('jobs')) : [], []);
    t.diagnostic(`all delivered ${virtualSeconds.toFixed(0)} s after it was back, on the agent's clock`);
  });
});
