import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { StopError } from '../../../../agent/common/errors/stop-error.ts';
import type { DockerClient } from '../../../../agent/docker/docker-client.ts';
import { DockerError } from '../../../../agent/docker/docker-error.ts';
import { DockerExecutor } from '../../../../agent/executor/docker-executor.ts';
import { JobTimes } from '../../../../agent/executor/job-times.ts';
import { endedContainer, fakeDocker, imageDetails, notFound } from '../../../support/fake-docker-client.ts';
import { imageAccess } from '../../../support/image-access.ts';
import { accepted, runnerConfig, variable } from '../../../support/job-fixture.ts';
import type { JobChanges } from '../../../support/job-fixture.ts';
import { RecordingTrace } from '../../../support/recording-trace.ts';

const never = (): Promise<never> => new Promise(() => {});
const untilAborted = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
const FETCH = { variables: [variable('GIT_STRATEGY', 'fetch')] };
const REDIS = { services: [{ name: 'redis:7' }] };

/** An executor on an engine where everything works at once, but for what the test changes. */
function executor(changes: JobChanges, own: Partial<DockerClient> = {}) {
  const { spec } = accepted(changes);
  const calls: string[] = [];
  const short = (name: string): string => name.replace(spec.namePrefix, '').replace(spec.networkName, 'net');
  const docker: Partial<DockerClient> = {
    inspectImage: async () => imageDetails(),
    createContainer: async (name) => ({ id: short(name), warnings: [] }),
    startContainer: async () => {},
    inspectContainer: async () => ({ ...endedContainer, running: true, address: '127.0.0.1' }),
    attachContainer: async () => new PassThrough(),
    putArchive: async () => {},
    waitContainer: (id, _condition, signal) => (id.includes('redis') ? untilAborted(signal) : Promise.resolve(0)),
    createNetwork: async () => 'net',
    removeContainer: async () => {},
    removeNetwork: async () => {},
    removeVolume: async () => {},
    readLogs: async () => Buffer.alloc(0),
    ...own,
  };
  const recording = Object.fromEntries(
    Object.entries(docker).map(([name, call]) => [
      name,
      (first: unknown, ...rest: unknown[]) => {
        calls.push(`${name} ${typeof first === 'string' ? short(first) : ''}`);
        return (call as (...args: unknown[]) => unknown)(first, ...rest);
      },
    ]),
  );
  const trace = new RecordingTrace();
  const config = runnerConfig(changes).docker;
  const options = {
    client: fakeDocker(recording),
    config,
    spec,
    access: imageAccess(),
    log: trace,
    times: new JobTimes(),
  };
  return { executor: new DockerExecutor(options), calls, spec, trace };
}

const stop = new AbortController().signal;

describe('DockerExecutor: what a job asks of the engine', () => {
  test('the smallest job: two calls until its script may run', async () => {
    const { executor: made, calls } = executor({});
    await made.prepare(stop);
    assert.deepEqual(calls, ['inspectImage busybox:latest', 'createContainer -build', 'putArchive -build']);
  });

  test('with sources the files come by the helper, which is started once', async () => {
    const { executor: made, calls } = executor({ payload: FETCH });
    await made.prepare(stop);
    assert.deepEqual(
      calls.filter((call) => call.startsWith('putArchive')),
      ['putArchive -predefined'],
    );
    assert.deepEqual(
      calls.filter((call) => call.startsWith('startContainer')),
      ['startContainer -predefined'],
    );
  });

  test('one image for two uses is asked for once', async () => {
    const { executor: made, calls } = executor({ docker: { helper_image: 'busybox:latest' }, payload: FETCH });
    await made.prepare(stop);
    assert.deepEqual(
      calls.filter((call) => call.startsWith('inspectImage')),
      ['inspectImage busybox:latest'],
    );
  });
});

describe('DockerExecutor: the graph', () => {
  test('helper and build container do not wait for a service on a network with names', async () => {
    const { executor: made, calls } = executor({ payload: { ...FETCH, ...REDIS } }, { inspectContainer: never });
    void made.prepare(stop).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(calls.includes('startContainer -predefined') && calls.includes('createContainer -build'));
  });

  test('on the bridge they do: its address is in /etc/hosts', async () => {
    const options: Record<string, { HostConfig: { ExtraHosts: string[] } }> = {};
    const changes = {
      docker: { network_mode: 'bridge', extra_hosts: ['a:1.2.3.4'], wait_for_services_timeout: -1 },
      payload: REDIS,
    };
    const { executor: made, spec } = executor(changes, {
      createContainer: async (name, given) => {
        options[name] = given as never;
        return { id: 'c'.repeat(64), warnings: [] };
      },
    });
    await made.prepare(stop);
    assert.deepEqual(options[`${spec.namePrefix}-build`]?.HostConfig.ExtraHosts, [
      'a:1.2.3.4',
      'redis:127.0.0.1',
      'cccccccccccc:127.0.0.1',
    ]);
  });

  test('a service counts as ready when it accepts', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const changes = {
      payload: { services: [{ name: 'redis', variables: [{ key: 'HEALTHCHECK_TCP_PORT', value: String(port) }] }] },
    };
    const { executor: made, trace } = executor(changes);
    await made.prepare(stop);
    server.close();
    assert.deepEqual(trace.problems, []);
  });

  test('a failure aborts the others, and is told when all have settled', async () => {
    let pulling: AbortSignal | undefined;
    const { executor: made } = executor(
      { payload: { ...REDIS, image: { name: 'slow' } } },
      {
        inspectImage: async () => Promise.reject(notFound()),
        pullImage: async ({ reference }, _, signal) => {
          if (reference !== 'slow:latest') throw new DockerError('manifest unknown', 404);
          pulling = signal;
          await untilAborted(signal);
        },
      },
    );
    await assert.rejects(made.prepare(stop), { name: 'JobFailure', message: /redis:7.*manifest unknown/ });
    assert.equal(pulling?.aborted, true);
  });

  test('a stop is reported as the stop, and what was made afterwards is removed', async () => {
    const controller = new AbortController();
    const { executor: made, calls } = executor(
      { payload: { ...FETCH, ...REDIS } },
      {
        createNetwork: async () => {
          controller.abort(new StopError('cancel'));
          return 'net';
        },
      },
    );
    await assert.rejects(made.prepare(controller.signal), { name: 'StopError', reason: 'cancel' });
    assert.ok(!calls.some((call) => call.startsWith('createContainer')));
    await made.cleanup();
    assert.ok(calls.includes('removeNetwork net'));
  });
});

describe('DockerExecutor: cleanup', () => {
  test('containers first; then network and temporary volumes', async () => {
    const { executor: made, calls } = executor({ payload: REDIS });
    await made.prepare(stop);
    const from = calls.length;
    assert.deepEqual(await made.cleanup(), []);
    const removals = calls
      .slice(from)
      .filter((call) => call.startsWith('remove'))
      .map((call) => call.replace(/-cache-\w+/, '-cache'));
    assert.deepEqual(removals.slice(0, 2).toSorted(), ['removeContainer -build', 'removeContainer -redis-0']);
    assert.deepEqual(removals.slice(2).toSorted(), ['removeNetwork net', 'removeVolume -cache']);
  });

  test('what the engine may have made although its answer never came is removed too', async () => {
    const { executor: made, calls } = executor(
      {},
      { createContainer: async () => Promise.reject(new DockerError('broken', 500)) },
    );
    await assert.rejects(made.prepare(stop));
    await made.cleanup();
    assert.ok(calls.includes('removeContainer -build'));
  });

  test('one failure keeps nobody else, and is told', async () => {
    const { executor: made, calls } = executor(
      { payload: REDIS },
      { removeContainer: async () => Promise.reject(new DockerError('busy', 409)) },
    );
    await made.prepare(stop);
    assert.deepEqual(
      (await made.cleanup()).map(({ message }) => message),
      ['busy', 'busy'],
    );
    assert.ok(calls.includes('removeNetwork net'));
  });

  test('a job that was never prepared leaves its temporary volume to nobody', async () => {
    const { executor: made, calls } = executor({ payload: { variables: [variable('GIT_STRATEGY', 'clone')] } });
    assert.deepEqual(await made.cleanup(), []);
    assert.match(calls.join(), /^removeVolume -cache-\w{32}$/);
  });

  test('volumes that are kept are kept', async () => {
    const { executor: made, calls } = executor({ docker: { volumes: ['/cache'] }, payload: FETCH });
    await made.prepare(stop);
    await made.cleanup();
    assert.ok(!calls.some((call) => call.startsWith('removeVolume')));
  });
});

describe('DockerExecutor: misuse', () => {
  test('scripts without preparation are refused', async () => {
    const { executor: made } = executor({});
    const sink = { write: () => {} };
    await assert.rejects(made.runBuild({ body: 'x', run: 1, known: Promise.resolve() }, sink, stop), /not prepared/);
    await assert.rejects(made.runHelper('x', sink, stop), /no helper/);
  });
});
