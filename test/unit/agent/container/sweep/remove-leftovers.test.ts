import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removeLeftovers } from '../../../../../agent/container/sweep/remove-leftovers.ts';
import type { LabelledObject, ObjectKind } from '../../../../../agent/docker/docker-client.ts';
import { DockerError } from '../../../../../agent/docker/docker-error.ts';
import { fakeDocker } from '../../../../support/fake-docker-client.ts';

const object = (kind: ObjectKind, name: string, running = false): LabelledObject => ({
  kind,
  id: name,
  name,
  labels: {},
  running,
  createdAt: 0,
});

test('containers first, running ones are asked to end; then networks, then volumes', async () => {
  const calls: string[] = [];
  const call = async (...words: unknown[]): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    calls.push(words.join(' '));
  };
  const docker = fakeDocker({
    stopContainer: (id, grace) => call('stop', id, grace),
    removeContainer: (id) => call('rm', id),
    removeNetwork: (id) => call('network rm', id),
    removeVolume: (id) => call('volume rm', id),
  });
  const objects = [
    object('volume', 'v'),
    object('network', 'n'),
    object('container', 'c', true),
    object('container', 'd'),
  ];
  const { removed, inUse, errors } = await removeLeftovers(docker, objects);
  assert.deepEqual(calls, ['stop c 2', 'rm d', 'rm c', 'network rm n', 'volume rm v']);
  assert.deepEqual([removed, inUse, errors], [{ container: 2, network: 1, volume: 1 }, 0, []]);
});

test('what others use stays; a failure is told by its object and keeps nothing else', async () => {
  const docker = fakeDocker({
    removeContainer: async (id) => {
      if (id === 'c0') throw new DockerError('driver failed to remove root filesystem', 500);
    },
    removeNetwork: async () => {
      throw new DockerError('error while removing network: network n has active endpoints', 403);
    },
    removeVolume: async () => {
      throw new DockerError('remove v: volume is in use - [abc]', 409);
    },
  });
  const objects = [object('network', 'n'), object('volume', 'v'), object('container', 'c0'), object('container', 'c1')];
  const { removed, inUse, errors } = await removeLeftovers(docker, objects);
  assert.deepEqual([removed, inUse], [{ container: 1, network: 0, volume: 0 }, 2]);
  assert.deepEqual(
    errors.map(({ message }) => message),
    ['container c0: driver failed to remove root filesystem'],
  );
});

test('never more than four at a time', async () => {
  let [now, most] = [0, 0];
  const docker = fakeDocker({
    removeContainer: async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    },
  });
  const { removed } = await removeLeftovers(
    docker,
    Array.from({ length: 20 }, (_, index) => object('container', `c${index}`)),
  );
  assert.deepEqual([removed.container, most], [20, 4]);
});
