import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ServerProcess } from '../../scripts/local-ci/server-process.ts';
import { AgentPlace } from '../support/agent-place.ts';
import { docker, needsEngine } from '../support/engine.ts';

const LINES = 60;

/** Writes numbered lines to both streams and, beside the trace, that it ran. It goes on once the test has made `go`. */
const script = [
  'echo "$CI_JOB_ID" >> /proof/runs',
  `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "out $i"; echo "err $i" >&2;`,
  '  if [ $i -eq 20 ]; then while [ ! -e /proof/go ]; do sleep 0.05; done; fi; sleep 0.02; done',
];
const steps = [
  { name: 'script', script: [script.join('\n')], timeout: 600, when: 'on_success', allow_failure: false },
  { name: 'after_script', script: ['echo after'], timeout: 300, when: 'always', allow_failure: true },
];
const job = { steps, _variables: [{ key: 'GIT_STRATEGY', value: 'none' }], _opts: { tags: ['place'] } };
const detach = { DOCKWORKER_ON_SIGTERM: 'detach' };

/** Numbers of the stream's lines in the trace, in order. */
const numbers = (trace: string, stream: 'out' | 'err'): number[] =>
  [...trace.matchAll(new RegExp(`^(?:\\S+Z \\d\\d[OE][ +])?${stream} (\\d+)\\r?$`, 'gm'))].map(([, number]) =>
    Number(number),
  );
const whole = Array.from({ length: LINES }, (_, index) => index + 1);

const runs = (place: AgentPlace): string[] =>
  readFileSync(place.dir.file('proof/runs'), 'utf8').trim().split('\n').toSorted();
const jobsLeft = (place: AgentPlace): string[] => readdirSync(join(place.stateDir, 'jobs'));
const go = (place: AgentPlace): void => writeFileSync(place.dir.file('proof/go'), '');

async function end(agent: ServerProcess, signal: NodeJS.Signals): Promise<number | null> {
  process.kill(agent.pid, signal);
  return await agent.ended;
}

describe('SIGTERM that detaches', { skip: needsEngine() }, () => {
  test('three chatty jobs survive the exchange of the agent: whole traces, each script once', async () => {
    await using place = await AgentPlace.open();
    const old = await place.start(detach);
    const jobs = await Promise.all([1, 2, 3].map(() => place.coordinator.queue(job)));
    for (const one of jobs) await place.said(one, 'out 20');
    const begin = performance.now();
    assert.equal(await end(old, 'SIGTERM'), 0);
    assert.ok(performance.now() - begin < 6000, 'it ends at once');
    assert.ok(existsSync(join(place.stateDir, 'agent.lock')), 'what it held is marked as held until it is gone');
    const running = await docker('ps', '--format', '{{.Names}}');
    const builds = (await place.objects()).filter((name) => name.endsWith('-build'));
    assert.deepEqual(
      builds.map((name) => running.includes(name)),
      [true, true, true],
    );
    go(place);
    const agent = await place.start(detach);
    assert.deepEqual(await Promise.all(jobs.map((one) => place.ended(one))), ['success', 'success', 'success']);
    for (const one of jobs) {
      const trace = await place.trace(one);
      assert.deepEqual([numbers(trace, 'out'), numbers(trace, 'err')], [whole, whole], trace);
      assert.match(trace, /^(?:\S+ \S+ )?after\r?$/m);
      assert.doesNotMatch(trace, /interrupted|told to stop/);
    }
    assert.deepEqual(runs(place), jobs.map(({ id }) => String(id)).toSorted());
    assert.equal(await end(agent, 'SIGQUIT'), 0, agent.output);
    assert.deepEqual([await place.objects(), jobsLeft(place)], [[], []]);
  });

  test('a job that a request brings meanwhile is written down, and run by the next start', async () => {
    await using place = await AgentPlace.open();
    go(place);
    await place.coordinator.call('POST', '/mock/faults', { endpoint: 'jobs/request', count: 1, hang_ms: 1500 });
    const one = await place.coordinator.queue(job);
    const old = await place.start(detach);
    assert.equal(await end(old, 'SIGTERM'), 0);
    assert.deepEqual([jobsLeft(place), await place.objects()], [[String(one.id)], []]);
    await place.start(detach);
    assert.equal(await place.ended(one), 'success');
    assert.deepEqual(numbers(await place.trace(one), 'out'), whole);
  });

  test('after SIGQUIT it cuts the drain short, and the job goes on', async () => {
    await using place = await AgentPlace.open(['on_sigterm = "detach"']);
    const old = await place.start();
    const one = await place.coordinator.queue(job);
    await place.said(one, 'out 20');
    process.kill(old.pid, 'SIGQUIT');
    await old.waitForLine(/Told to drain/);
    assert.equal(await end(old, 'SIGTERM'), 0);
    go(place);
    await place.start();
    assert.equal(await place.ended(one), 'success');
    assert.deepEqual(runs(place), [String(one.id)]);
  });

  test('a result that the coordinator has not taken is delivered by the next start', async () => {
    await using place = await AgentPlace.open();
    go(place);
    const hang = { endpoint: 'put', state: 'success', hang_ms: 90_000, count: 1 };
    await place.coordinator.call('POST', '/mock/faults', hang);
    const old = await place.start(detach);
    const one = await place.coordinator.queue(job);
    await place.said(one, 'Job succeeded');
    const begin = performance.now();
    assert.equal(await end(old, 'SIGTERM'), 0);
    assert.ok(performance.now() - begin < 3000, 'it does not wait for the coordinator');
    await place.start(detach);
    assert.equal(await place.ended(one), 'success');
    assert.deepEqual([numbers(await place.trace(one), 'err'), runs(place)], [whole, [String(one.id)]]);
  });

  test('SIGINT aborts all the same', async () => {
    await using place = await AgentPlace.open(['on_sigterm = "detach"']);
    const agent = await place.start();
    const one = await place.coordinator.queue(job);
    await place.said(one, 'out 20');
    assert.equal(await end(agent, 'SIGINT'), 0);
    assert.equal(await place.state(one), 'failed');
    assert.deepEqual([await place.objects(), jobsLeft(place)], [[], []]);
  });
});
