import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspectPatiently } from '../../../../../agent/container/follow/inspect-patiently.ts';
import { EngineUnreachableError } from '../../../../../agent/docker/docker-error.ts';
import { endedContainer, fakeDocker, notFound } from '../../../../support/fake-docker-client.ts';

const never = new AbortController().signal;
const away = (): Promise<never> => Promise.reject(new EngineUnreachableError('unix:///e.sock', 'ECONNREFUSED'));

describe('inspectPatiently', () => {
  test('an engine that answers is asked once', async () => {
    const docker = fakeDocker({ inspectContainer: async () => endedContainer });
    assert.deepEqual(await inspectPatiently(docker, 'c', never), { details: endedContainer, wasAway: false });
  });

  test('one that comes back is waited for, and that is told once', async () => {
    let calls = 0;
    const told: number[] = [];
    const docker = fakeDocker({
      inspectContainer: () => ((calls += 1) < 3 ? away() : Promise.resolve(endedContainer)),
    });
    const { wasAway } = await inspectPatiently(docker, 'c', never, (seconds) => void told.push(seconds));
    assert.deepEqual([wasAway, calls, told], [true, 3, [60]]);
  });

  test('what the engine says of the container is no absence', async () => {
    const docker = fakeDocker({ inspectContainer: () => Promise.reject(notFound()) });
    await assert.rejects(inspectPatiently(docker, 'c', never), { name: 'DockerError' });
  });

  test('a stop ends the wait', async () => {
    const stop = new AbortController();
    const docker = fakeDocker({ inspectContainer: away });
    await assert.rejects(
      inspectPatiently(docker, 'c', stop.signal, () => stop.abort()),
      { name: 'AbortError' },
    );
  });

  test('an engine that stays away is given up with its own error', async (t) => {
    let now = 0;
    t.mock.method(performance, 'now', () => (now += 20_000));
    const docker = fakeDocker({ inspectContainer: away });
    await assert.rejects(inspectPatiently(docker, 'c', never), { name: 'EngineUnreachableError' });
  });
});
