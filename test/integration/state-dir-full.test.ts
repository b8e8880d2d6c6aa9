import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { describe, test, type TestContext } from 'node:test';
import { SmallDisk } from '../faults/small-disk.ts';
import { chattyJob, checkNumbers, numbersOf } from '../support/chatty-job.ts';
import { needsEngine } from '../support/engine.ts';
import { inProcessAgent, type InProcessAgent } from '../support/in-process-agent.ts';
import { startCoordinator, type QueuedJob, type TestCoordinator } from '../support/start-coordinator.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';

interface Place extends AsyncDisposable {
  readonly disk: SmallDisk;
  readonly coordinator: TestCoordinator;
  readonly agent: InProcessAgent;
  readonly stateDir: string;
}

/** An agent whose state directory is a small disk of its own; undefined, with the test skipped, where none can be mounted. */
async function place(t: TestContext): Promise<Place | undefined> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir());
  const stateDir = dir.file('state');
  await mkdir(stateDir);
  const disk = await SmallDisk.mount(stateDir);
  if (disk === undefined) {
    t.skip('this machine does not allow a mount');
    return undefined;
  }
  stack.use(disk);
  const coordinator = stack.use(await startCoordinator());
  const token = `glrt-${randomBytes(9).toString('hex')}`;
  coordinator.server.state.runners.add({ token, tags: [] });
  const agent = stack.use(inProcessAgent({ url: coordinator.url, token, stateDir, concurrent: 1 }));
  const kept = stack.move();
  return { disk, coordinator, agent, stateDir, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const traceOf = async (coordinator: TestCoordinator, job: QueuedJob): Promise<string> =>
  (await coordinator.call('GET', `/mock/jobs/${job.id}/trace`)).text;

const over = async (coordinator: TestCoordinator, job: QueuedJob): Promise<boolean> =>
  ['success', 'failed'].includes((await coordinator.view(job)).state);

describe('a state directory that is full', { skip: needsEngine() }, () => {
  test('while a job runs: the job goes on, and no byte of its trace is lost', async (t) => {
    await using p = await place(t);
    if (p === undefined) return;
    const { coordinator, agent, disk, stateDir } = p;
    const job = await coordinator.queue(chattyJob(20, 0, 'x'.repeat(2000)));
    await waitFor(async () => numbersOf(await traceOf(coordinator, job), 'O').length > 2, 'the script runs');
    await disk.fill(2000);
    await waitFor(() => over(coordinator, job), 'the job has ended');
    await checkNumbers(coordinator, job, 20, 0);
    const log = agent.lines.join('\n');
    assert.match(log, /cannot be written to disk.*ENOSPC/);
    assert.match(log, /The trace is on disk again/);
    assert.equal(await agent.stop(), 0);
    assert.deepEqual(await readdir(`${stateDir}/jobs`), []);
  });

  test('before a job begins: it is refused with the cause, and no other one is asked for until there is room', async (t) => {
    await using p = await place(t);
    if (p === undefined) return;
    const { coordinator, agent, disk } = p;
    const filled = disk.fill(4000);
    await waitFor(async () => (await readdir(p.stateDir)).includes('filler'), 'the disk is being filled');
    const [first, second] = [await coordinator.queue(chattyJob(1, 0)), await coordinator.queue(chattyJob(1, 0))];
    await waitFor(() => over(coordinator, first), 'the first job has ended');
    const view = await coordinator.view(first);
    assert.deepEqual([view.state, view.failure_reason], ['failed', 'runner_system_failure']);
    assert.match(
      await traceOf(coordinator, first),
      /Job failed \(system failure\): no space left in the state directory/,
    );
    await filled;
    assert.equal((await coordinator.view(second)).state, 'pending');
    await waitFor(() => over(coordinator, second), 'the second job has ended');
    await checkNumbers(coordinator, second, 1, 0);
    assert.match(agent.lines.join('\n'), /No more jobs are asked for: nothing can be written/);
    assert.equal(await agent.stop(), 0);
  });
});
