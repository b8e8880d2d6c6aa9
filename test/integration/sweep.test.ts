import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { jobLabels, volumeLabels } from '../../agent/container/labels.ts';
import type { Owner } from '../../agent/container/sweep/judge-leftover.ts';
import { listLeftovers } from '../../agent/container/sweep/list-leftovers.ts';
import { removeLeftovers } from '../../agent/container/sweep/remove-leftovers.ts';
import { jobFacts } from '../../agent/job/accept/label-facts.ts';
import { docker, needsEngine } from '../support/engine.ts';
import { engineClient } from '../support/engine-job.ts';
import { jobIdentity } from '../support/job-fixture.ts';

type Labels = Readonly<Record<string, string>>;

const client = engineClient();
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const own = { systemId: `s_${hex(6)}`, instance: hex(8) };
const live = randomInt(2 ** 40);

const labelsOf = (changes: object = {}): Labels =>
  jobLabels({ ...jobFacts(jobIdentity()), ...own, jobId: 1, ...changes });
const overdue = { deadline: Math.floor(Date.now() / 1000) - 7200 };

/** What GitLab Runner sets, with our system id as when it shares the file that keeps it. */
const theirs: Labels = Object.fromEntries(
  Object.entries(labelsOf()).filter(([key]) => key.startsWith('com.gitlab.gitlab-runner.')),
);

const owner = (changes: Partial<Owner> = {}): Owner => ({
  ...own,
  abandoned: new Set(),
  isLive: (job) => job === String(live),
  ...changes,
});
/** When everything that this test makes is two minutes old. */
const later = (): number => Date.now() + 120_000;

/** A running container in a network of its own, with a named volume of its own: all with the same labels. */
async function make(labels: Labels, volume: Labels = {}): Promise<string> {
  const name = `runner-sweeptest-project-7-concurrent-0-${hex(8)}`;
  undo.push(name);
  await client.createNetwork(`${name}-net`, { Driver: 'bridge', Labels: labels });
  await docker('volume', 'create', ...labelOptions({ ...labels, ...volume }), `${name}-vol`);
  const { id } = await client.createContainer(`${name}-build`, {
    Image: 'busybox:latest',
    Cmd: ['sleep', '600'],
    Labels: labels,
    HostConfig: {
      NetworkMode: `${name}-net`,
      Mounts: [{ Type: 'volume', Source: `${name}-vol`, Target: '/x' }],
      Init: true,
    },
  });
  await client.startContainer(id);
  return name;
}

const labelOptions = (labels: Labels): string[] =>
  Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);

const undo: string[] = [];
after(async () => {
  for (const name of undo) await remove(name);
});

async function remove(name: string): Promise<void> {
  await client.removeContainer(`${name}-build`);
  await client.removeNetwork(`${name}-net`);
  await client.removeVolume(`${name}-vol`);
}

/** Of the names that `make` gave: what is there. */
async function present(name: string): Promise<string[]> {
  const lists = [
    await docker('ps', '--all', '--filter', `name=${name}`, '--format', '{{.Names}}'),
    await docker('network', 'ls', '--filter', `name=${name}`, '--format', '{{.Name}}'),
    await docker('volume', 'ls', '--filter', `name=${name}`, '--format', '{{.Name}}'),
  ];
  return lists
    .flatMap((list) => list.split('\n').filter((line) => line !== ''))
    .map((line) => line.slice(name.length + 1));
}

async function sweep(changes?: Partial<Owner>, now = later): Promise<string[]> {
  const leftovers = await listLeftovers(client, () => owner(changes), now);
  const { errors } = await removeLeftovers(client, leftovers);
  assert.deepEqual(errors, []);
  return leftovers.map((object) => object.name);
}

const all = ['build', 'net', 'vol'];

describe('the sweep of an engine', { skip: needsEngine() }, () => {
  test('removes what our ended jobs left, running or not, at once', async () => {
    const name = await make(labelsOf());
    assert.deepEqual(await present(name), all);
    await sweep({}, Date.now);
    assert.deepEqual(await present(name), []);
    assert.deepEqual(await sweep(), [], 'a second sweep finds nothing');
  });

  test('removes what an agent with our system id left that is gone for good, an hour after the time of its job', async () => {
    const name = await make(labelsOf({ instance: hex(8), ...overdue }));
    await sweep();
    assert.deepEqual(await present(name), []);
  });

  for (const [whose, labels, volume] of [
    ['a live job', labelsOf({ jobId: live })],
    ['a live job that is long overdue', labelsOf({ jobId: live, ...overdue })],
    ['another agent with our system id', labelsOf({ instance: hex(8) })],
    ['another agent with another system id, long overdue', labelsOf({ instance: hex(8), systemId: 's_x', ...overdue })],
    ['GitLab Runner with our system id', theirs],
    ['nobody in particular', { team: 'build' }],
  ] as readonly (readonly [string, Labels, Labels?])[])
    test(`leaves alone what belongs to ${whose}`, async () => {
      const name = await make(labels, volume);
      await sweep();
      assert.deepEqual(await present(name), all);
      await remove(name);
    });

  test('leaves alone the volumes that the next job uses', async () => {
    const name = await make(labelsOf(), volumeLabels({ destination: '/cache', protected: false, reusable: true }));
    await sweep();
    assert.deepEqual(await present(name), ['vol']);
    await remove(name);
  });

  test('leaves alone a container that somebody made of an image committed from a job', async () => {
    const name = await make(labelsOf());
    const [image, debug] = [`dockworker-test-${hex(6)}:1`, `debug-${hex(6)}`];
    await docker('commit', `${name}-build`, image);
    await docker('run', '--detach', '--name', debug, image, 'sleep', '600');
    try {
      assert.equal((await sweep()).includes(debug), false);
      assert.deepEqual(await present(name), []);
      assert.equal(await docker('inspect', '--format', '{{.State.Running}}', debug), 'true');
    } finally {
      await client.removeContainer(debug);
      await docker('rmi', image);
    }
  });

  test('a network that somebody else has joined stays for a later sweep', async () => {
    const name = await make(labelsOf());
    const guest = `guest-${hex(6)}`;
    await docker('run', '--detach', '--name', guest, '--network', `${name}-net`, 'busybox:latest', 'sleep', '600');
    try {
      const leftovers = await listLeftovers(client, () => owner(), later);
      const { removed, inUse, errors } = await removeLeftovers(client, leftovers);
      assert.deepEqual([removed, inUse, errors], [{ container: 1, network: 0, volume: 1 }, 1, []]);
      assert.deepEqual(await present(name), ['net']);
    } finally {
      await client.removeContainer(guest);
    }
    await sweep();
    assert.deepEqual(await present(name), []);
  });
});
