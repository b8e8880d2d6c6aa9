import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ProtocolError } from '#protocol/protocol-error.ts';
import { runnerInfo } from '../../../../agent/coordinator/runner-info.ts';
import { CleanupQueue } from '../../../../agent/executor/cleanup-queue.ts';
import { Deliveries } from '../../../../agent/job/delivery/deliveries.ts';
import type { JobAssignment } from '../../../../agent/job/job-handler.ts';
import { jobRunner } from '../../../../agent/job/run-job.ts';
import { imageAccess } from '../../../support/image-access.ts';
import { jobPayload, runnerConfig } from '../../../support/job-fixture.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLogger } from '../../../support/poll-fixtures.ts';
import { ScriptedCoordinator } from '../../../support/scripted-coordinator.ts';
import { tempDir } from '../../../support/temp-dir.ts';

interface Ran {
  readonly coordinator: ScriptedCoordinator;
  readonly lines: readonly string[];
}

/** Runs one job on a host without an engine. */
async function run(
  stateDir: string,
  prepare: (coordinator: ScriptedCoordinator) => void,
  payload: JobAssignment['received']['payload'] = jobPayload(),
): Promise<Ran> {
  const clock = new ManualClock();
  const coordinator = new ScriptedCoordinator(clock);
  prepare(coordinator);
  const { logger, lines } = recordingLogger();
  const handle = jobRunner({
    systemId: 's_0123456789ab',
    instance: '0123456789abcdef',
    hostName: 'here',
    stateDir,
    clock,
    logger,
    cleanups: new CleanupQueue(),
    deliveries: new Deliveries({ logger, clock }),
    images: imageAccess(),
    engine: () => {
      throw new Error('no engine in this test');
    },
  });
  await handle({
    runner: runnerConfig({}),
    coordinator: coordinator.coordinator,
    info: runnerInfo({ gpus: undefined, labels: {} }),
    received: { id: 1, token: 'job-token-secret', payload, failureReasons: ['job_canceled'] },
    slot: { concurrentId: 0, projectSlot: 0 },
    shutdown: new AbortController().signal,
    detached: new AbortController().signal,
  });
  return { coordinator, lines };
}

const states = ({ coordinator }: Ran): string[] =>
  coordinator.puts.map(({ update }) => `${update.state} ${update.failure_reason ?? ''}`.trim());

describe('what the coordinator says to the first update', () => {
  test('canceling: nothing but the end is reported (C34)', async () => {
    await using dir = await tempDir();
    const ran = await run(dir.path, (coordinator) =>
      coordinator.putReplies.push({ status: 200, jobStatus: 'canceling' }),
    );
    assert.deepEqual(states(ran), ['running', 'failed job_canceled']);
    assert.equal(ran.coordinator.patches.length, 0);
    assert.equal(existsSync(dir.file('jobs/1')), false);
  });

  for (const reply of [{ status: 403 }, { status: 404 }, { status: 200, jobStatus: 'canceled' }])
    test(`${JSON.stringify(reply)}: the job is dropped (C34)`, async () => {
      await using dir = await tempDir();
      const ran = await run(dir.path, (coordinator) => coordinator.putReplies.push(reply));
      assert.deepEqual(states(ran), ['running']);
      assert.equal(ran.coordinator.patches.length, 0);
    });
});

describe('a job that cannot run', () => {
  test('one that cannot be read fails with the field in its last line, and leaves no files', async () => {
    await using dir = await tempDir();
    const error = new ProtocolError('job', 'steps[0].script', 'an array', 'a string');
    const ran = await run(dir.path, () => {}, error);
    assert.deepEqual(states(ran), ['running', 'failed runner_system_failure']);
    assert.match(ran.coordinator.trace.toString(), /ERROR: Job failed .*steps\[0\]\.script/);
    assert.equal(existsSync(dir.file('jobs/1')), false);
  });

  test('an engine that cannot be had is the cause in the last line', async () => {
    await using dir = await tempDir();
    const ran = await run(dir.path, () => {});
    assert.deepEqual(states(ran), ['running', 'failed runner_system_failure']);
    assert.match(ran.coordinator.trace.toString(), /Job failed \(system failure\): no engine in this test/);
  });

  test('without a place for its trace it is reported all the same', async () => {
    await using dir = await tempDir();
    writeFileSync(dir.file('jobs'), 'a file where the folder should be');
    const ran = await run(dir.path, () => {});
    assert.deepEqual(states(ran), ['failed runner_system_failure']);
    assert.match(
      ran.coordinator.trace.toString(),
      /Job failed \(system failure\): nothing can be written in the state dir/,
    );
    assert.match(ran.lines.join('\n'), /Job was refused/);
  });
});
