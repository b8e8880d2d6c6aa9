import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { instanceId } from '../../../../agent/config/instance-id.ts';
import { jobLabels } from '../../../../agent/container/labels.ts';
import { Sweeps } from '../../../../agent/daemon/sweeps.ts';
import type { DockerClient, LabelledObject } from '../../../../agent/docker/docker-client.ts';
import { DockerError, EngineUnreachableError } from '../../../../agent/docker/docker-error.ts';
import { CleanupQueue } from '../../../../agent/executor/cleanup-queue.ts';
import { jobFacts } from '../../../../agent/job/accept/label-facts.ts';
import { fakeDocker } from '../../../support/fake-docker-client.ts';
import { jobIdentity, runnerConfig } from '../../../support/job-fixture.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLogger } from '../../../support/poll-fixtures.ts';
import { tempDir, type TempDir } from '../../../support/temp-dir.ts';

const facts = jobFacts(jobIdentity());
const volume = (jobId: number, instance: string): LabelledObject => ({
  kind: 'volume',
  id: `v${jobId}`,
  name: `v${jobId}`,
  labels: jobLabels({ ...facts, jobId, instance }),
  running: false,
  createdAt: Date.now() - 120_000,
});

interface Stage {
  readonly clock: ManualClock;
  readonly lines: string[];
  readonly removed: string[];
  readonly lists: string[];
  readonly cleanups: CleanupQueue;
  readonly instance: string;
  readonly dir: TempDir;
  readonly sweeps: Sweeps;
}

/** Sweeps of two runners on one engine. */
async function begin(
  t: TestContext,
  objects: (instance: string) => LabelledObject[],
  changes: Partial<DockerClient> = {},
): Promise<Stage> {
  const dir = await tempDir();
  t.after(() => dir[Symbol.asyncDispose]());
  const instance = instanceId(dir.path);
  const [clock, cleanups, { logger, lines }] = [new ManualClock(), new CleanupQueue(), recordingLogger()];
  const removed: string[] = [];
  const lists: string[] = [];
  const docker = fakeDocker({
    listLabelled: async (kind, label) => {
      lists.push(`${kind} ${label}`);
      return objects(instance).filter((object) => object.kind === kind);
    },
    removeVolume: async (name) => void removed.push(name),
    ...changes,
  });
  const host = {
    systemId: facts.systemId,
    instance,
    stateDir: dir.path,
    clock,
    logger,
    cleanups,
    engine: () => docker,
  };
  const sweeps = new Sweeps(host, dir.path, [runnerConfig({}), runnerConfig({})]);
  t.after(() => sweeps[Symbol.dispose]());
  return { clock, lines, removed, lists, cleanups, instance, dir, sweeps };
}

describe('sweeps', () => {
  test('a second after the start and every ten minutes, each engine once; none after the end', async (t) => {
    const { clock, lists, lines, sweeps } = await begin(t, () => []);
    const running = sweeps.run();
    const times = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      return lists.length;
    };
    assert.deepEqual([await times(999), await times(1), await times(599_999), await times(1)], [0, 3, 3, 6]);
    sweeps[Symbol.dispose]();
    await running;
    assert.deepEqual([clock.sleeping, lines], [0, []], 'nothing is said when nothing was there');
  });

  test('what ended jobs left is removed; what belongs to live ones and to those in clean-up stays', async (t) => {
    const { sweeps, removed, lines, dir, cleanups } = await begin(t, (own) =>
      [1, 2, 3, 4].map((job) => volume(job, job === 4 ? 'ffffffffffffffff' : own)),
    );
    mkdirSync(dir.file('jobs/2.3'), { recursive: true });
    writeFileSync(dir.file('jobs/2.3/job.json'), '{}');
    mkdirSync(dir.file('jobs/1'));
    const cleaning = Promise.withResolvers<void>();
    cleanups.add(() => cleaning.promise, 3);
    await sweeps.sweep();
    assert.deepEqual(removed, ['v1']);
    assert.deepEqual(readdirSync(dir.file('jobs')), ['2.3'], 'what is left of the files of ended jobs goes, too');
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /Removed what ended jobs had left.*containers=0 networks=0 volumes=1/);
    cleaning.resolve();
    await cleanups.idle();
    await sweeps.sweep();
    assert.deepEqual(removed, ['v1', 'v1', 'v3']);
  });

  test('the end of a process that was too short for a sweep waits for the first, and for no more than 5 s', async (t) => {
    const { sweeps, lists, clock } = await begin(t, () => []);
    await sweeps.settle();
    await sweeps.settle();
    assert.deepEqual([lists.length, clock.sleeping], [3, 0]);
    const hung = await begin(t, () => [], { listLabelled: () => new Promise(() => undefined) });
    const settled = hung.sweeps.settle();
    await hung.clock.advance(4999);
    assert.equal(hung.clock.sleeping, 1);
    await hung.clock.advance(1);
    await settled;
  });

  test('an engine that is away is said once and asked every 10 s until it answers', async (t) => {
    let asked = 0;
    const { sweeps, lines, clock } = await begin(t, () => [], {
      listLabelled: async (kind) => {
        if (kind === 'container') asked += 1;
        if (asked <= 2) throw new EngineUnreachableError('unix:///fake.sock', 'ECONNREFUSED');
        return [];
      },
    });
    const running = sweeps.run();
    const askedAfter = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      return asked;
    };
    assert.deepEqual([await askedAfter(1000), await askedAfter(9999), await askedAfter(1)], [1, 1, 2]);
    assert.deepEqual([await askedAfter(10_000), await askedAfter(599_999), await askedAfter(1)], [3, 3, 4]);
    assert.equal(lines.filter((line) => line.includes('Leftovers could not be looked for')).length, 1);
    sweeps[Symbol.dispose]();
    await running;
  });

  test('soon after a clean-up that failed, once', async (t) => {
    const { sweeps, lists, clock, cleanups } = await begin(t, () => []);
    const running = sweeps.run();
    await clock.advance(1000);
    cleanups.noteFailure();
    await clock.advance(10_000);
    assert.equal(lists.length, 6);
    await clock.advance(599_999);
    assert.equal(lists.length, 6);
    sweeps[Symbol.dispose]();
    await running;
  });
});

describe('what a run-single process left that died', () => {
  /** A private directory of a process that is no more. */
  function abandoned(dir: TempDir): { path: string; id: string } {
    const path = dir.file('single-4194305-0123abcd');
    mkdirSync(path);
    writeFileSync(`${path}/agent.lock`, JSON.stringify({ pid: 4194305, start: '1', boot: 'x' }));
    return { path, id: instanceId(path) };
  }

  test('its objects and its directory go', async (t) => {
    let id = '';
    const { sweeps, removed, dir } = await begin(t, () => [volume(8, id)]);
    const single = abandoned(dir);
    ({ id } = single);
    await sweeps.sweep();
    assert.deepEqual([removed, existsSync(single.path)], [['v8'], false]);
  });

  test('the directory stays while an object does', async (t) => {
    let id = '';
    let used = true;
    const { sweeps, dir } = await begin(t, () => [volume(8, id)], {
      removeVolume: async () => {
        if (used) throw new DockerError('volume is in use', 409);
      },
    });
    const single = abandoned(dir);
    ({ id } = single);
    await sweeps.sweep();
    assert.equal(existsSync(single.path), true);
    used = false;
    await sweeps.sweep();
    assert.equal(existsSync(single.path), false);
  });
});
