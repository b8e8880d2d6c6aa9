import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { JobObjects } from '../../../../agent/container/job-objects.ts';
import type { StartedService } from '../../../../agent/container/service/started-service.ts';
import type { DockerClient } from '../../../../agent/docker/docker-client.ts';
import { JobTimes } from '../../../../agent/executor/job-times.ts';
import { ServiceGroup } from '../../../../agent/executor/service-group.ts';
import { fakeDocker } from '../../../support/fake-docker-client.ts';
import { imageAccess } from '../../../support/image-access.ts';
import { accepted, runnerConfig } from '../../../support/job-fixture.ts';
import { RecordingTrace } from '../../../support/recording-trace.ts';

const stop = new AbortController().signal;
const LAST = Buffer.from('\u001b[31mno space\u001b[0m left\n');
const never = (): Promise<never> => new Promise(() => {});
const after = async (ms: number, exitCode: number): Promise<number> => {
  await delay(ms);
  return exitCode;
};

interface Watched {
  readonly group: ServiceGroup;
  readonly trace: RecordingTrace;
  readonly service: StartedService;
}

/** One service that runs, with these variables of its own, on an engine with these answers. */
function watched(own: Partial<DockerClient>, variables: Record<string, string> = {}): Watched {
  const changes = {
    payload: {
      services: [{ name: 'redis:7', variables: Object.entries(variables).map(([key, value]) => ({ key, value })) }],
    },
  };
  const client = fakeDocker({
    inspectContainer: () => Promise.reject(new Error('gone')),
    readLogs: async () => LAST,
    lastLogLines: async () => LAST,
    ...own,
  });
  const { spec } = accepted(changes);
  const trace = new RecordingTrace();
  const config = runnerConfig(changes).docker;
  const options = {
    client,
    config,
    spec,
    access: imageAccess(),
    log: trace,
    times: new JobTimes(),
    onObject: () => {},
  };
  const group = new ServiceGroup(options, new JobObjects(client, { keepVolumes: false }));
  const [service] = spec.services;
  assert.ok(service !== undefined);
  const image = { env: [], tcpPorts: [], healthcheck: undefined };
  const started = { name: 'redis-0', spec: service, id: 'id', address: '127.0.0.1', image };
  group.watch(started, never);
  return { group, trace, service: started };
}

const inspected = { inspectContainer: async () => ({ oomKilled: false }) as never };
const REQUIRED = { DOCKWORKER_READY_REQUIRED: 'true' };

describe('ServiceGroup: a service that ends', () => {
  test('just before the script fails: the failure waits for the news', async () => {
    const { group, trace } = watched({ ...inspected, waitContainer: () => after(60, 137) });
    const outcome = await group.guard(stop, async () => ({ exitCode: 1 }));
    assert.deepEqual(
      [outcome.exitCode, trace.problems.map(({ cause, when }) => [cause, when])],
      [1, [['its container ended with exit code 137', 'run']]],
    );
  });

  test('a script that succeeds does not wait', async () => {
    const { group } = watched({ waitContainer: never });
    const begin = performance.now();
    await group.guard(stop, async () => ({ exitCode: 0 }));
    assert.ok(performance.now() - begin < 100);
  });

  test('a report that is being written is finished', async () => {
    const { promise: reading, resolve: beginsToRead } = Promise.withResolvers<void>();
    const { group, trace } = watched({
      ...inspected,
      waitContainer: () => after(0, 2),
      readLogs: async () => {
        beginsToRead();
        await delay(100);
        return LAST;
      },
    });
    await group.guard(stop, async () => {
      await reading;
      return { exitCode: 0 };
    });
    assert.equal(trace.problems.length, 1);
  });

  test('after the job was forgotten is no news', async () => {
    const { group, trace } = watched({ ...inspected, waitContainer: () => after(20, 2) });
    group.forget();
    await delay(60);
    assert.deepEqual(trace.problems, []);
  });

  test('one that the job needs ends the script, once; what comes after it runs', async () => {
    const { group, trace } = watched({ ...inspected, waitContainer: () => after(20, 28) }, REQUIRED);
    const script = group.guard(stop, async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { exitCode: 143 };
    });
    await assert.rejects(script, {
      name: 'JobFailure',
      reason: 'script_failure',
      message: 'service "redis:7" ended with exit code 28: no space left',
    });
    assert.equal(trace.problems.length, 1);
    const afterScript = await group.guard(stop, async (signal) => {
      assert.equal(signal.aborted, false);
      return { exitCode: 0 };
    });
    assert.equal(afterScript.exitCode, 0);
  });

  test('with 0 and nothing that it should stay for is no news, needed or not', async () => {
    const { group, trace } = watched({ waitContainer: () => after(0, 0) }, REQUIRED);
    await delay(20);
    await group.guard(stop, async () => ({ exitCode: 0 }));
    assert.deepEqual(trace.problems, []);
  });
});
