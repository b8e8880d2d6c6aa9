import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { StopError } from '../../../../agent/common/errors/stop-error.ts';
import { BuildContainer } from '../../../../agent/container/build-container.ts';
import type { DockerClient } from '../../../../agent/docker/docker-client.ts';
import { DockerError, EngineUnreachableError } from '../../../../agent/docker/docker-error.ts';
import { endedContainer, fakeDocker, notFound } from '../../../support/fake-docker-client.ts';
import { frame } from '../../../support/frames.ts';

const never = new AbortController().signal;
const sink = { write: () => {} };
const details = endedContainer;
const script = { body: 'true', run: 1, known: Promise.resolve() };

/** An attached stream: what is written to it goes nowhere, what the test pushes comes from the container. */
class Attached extends PassThrough {
  script = '';
  override write = (chunk: unknown): boolean => {
    this.script += String(chunk);
    return true;
  };
  override end = (): this => this;

  /** The container's shell tells that the script ended. */
  ends(exitCode: number): void {
    for (const stream of [1, 2]) this.push(frame(stream, `\x1b]dw;nonce;1;${exitCode}\x07`));
  }
}

async function container(own: Partial<DockerClient> = {}, sweep = false) {
  const stream = new Attached();
  const calls: string[] = [];
  const note =
    (what: string): (() => Promise<void>) =>
    async () =>
      void calls.push(what);
  const docker: Partial<DockerClient> = {
    createContainer: async () => ({ id: 'c', warnings: [] }),
    attachContainer: async () => stream,
    startContainer: note('start'),
    inspectContainer: async () => details,
    killSignals: async () => [],
    stopContainer: async (_id, seconds) => {
      calls.push(`stop ${seconds}`);
      stream.push(null);
    },
    ...own,
  };
  const events = { silent: () => calls.push('silent'), used: () => {}, remarked: () => {}, engineAway: () => {} };
  const request = { options: {}, platform: undefined, image: 'img', nonce: 'nonce', sweep, events };
  return { build: await BuildContainer.create(fakeDocker(docker), 'name', request), stream, calls };
}

describe('BuildContainer', () => {
  test('the word of the shell is taken, the engine is not asked', async () => {
    const { build, stream, calls } = await container();
    const running = build.run(script, sink, never);
    setImmediate(() => stream.ends(0));
    assert.deepEqual(await running, { exitCode: 0, shellReached: true, stopped: false });
    assert.deepEqual(calls, ['start']);
  });

  test('the shell gets nothing before the script is known to be on disk', async () => {
    const { build, stream } = await container();
    const disk = Promise.withResolvers<void>();
    const running = build.run({ ...script, known: disk.promise }, sink, never);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stream.script, '');
    disk.resolve();
    setImmediate(() => stream.ends(0));
    await running;
    assert.match(stream.script, /begin/);
  });

  test("without it the engine's exit code decides", async () => {
    const { build, stream } = await container({
      waitContainer: async () => 9,
      inspectContainer: async () => ({ ...details, oomKilled: true }),
    });
    stream.push(null);
    assert.deepEqual(await build.run(script, sink, never), {
      exitCode: 9,
      shellReached: false,
      stopped: false,
      cause: 'out of memory: the host had none left for the build container, which has no limit of its own',
    });
  });

  for (const [what, own] of [
    ['before it is asked', { waitContainer: () => Promise.reject(notFound()) }],
    ['while it is asked', { waitContainer: async () => 137, inspectContainer: () => Promise.reject(notFound()) }],
    ['right after', { waitContainer: async () => 137, inspectContainer: async () => details }],
  ] as const)
    test(`a container that goes ${what} was removed from outside`, async () => {
      const { build, stream } = await container(own);
      stream.push(null);
      await assert.rejects(build.run(script, sink, never), {
        name: 'JobFailure',
        reason: 'runner_system_failure',
        message: /removed from outside/,
      });
    });

  test('a container that was killed and stays is no such thing', async () => {
    const { build, stream } = await container({
      waitContainer: async (_id, condition) => {
        if (condition === 'removed') throw new DOMException('time', 'AbortError');
        return 137;
      },
      inspectContainer: async () => details,
      killSignals: async () => [],
    });
    stream.push(null);
    assert.equal((await build.run(script, sink, never)).exitCode, 137);
  });

  test('a start that fails lets go of the stream', async () => {
    const { build, stream } = await container({ startContainer: () => Promise.reject(new DockerError('no', 500)) });
    await assert.rejects(build.run(script, sink, never), { name: 'JobFailure' });
    assert.equal(stream.destroyed, true);
  });

  test('an entrypoint that outlives its shell is ended before the next script', async () => {
    let waits = 0;
    const { build, stream, calls } = await container({
      waitContainer: async () => {
        if ((waits += 1) === 1) throw new DOMException('time', 'TimeoutError');
        return 0;
      },
      inspectContainer: async () => details,
      killSignals: async () => [],
    });
    const first = build.run(script, sink, never);
    setImmediate(() => stream.ends(0));
    await first;
    await build.run(script, sink, never);
    assert.deepEqual(calls, ['start', 'stop 1', 'start']);
  });
});

describe('BuildContainer: stopping', () => {
  test('the first process has longer when after_script still follows', async () => {
    for (const [reason, seconds] of [
      ['cancel', 10],
      ['script_timeout', 10],
      ['abort', 2],
      ['timeout', 2],
    ] as const) {
      const { build, calls } = await container();
      const controller = new AbortController();
      const running = build.run(script, sink, controller.signal);
      setImmediate(() => controller.abort(new StopError(reason)));
      assert.equal((await running).stopped, true);
      assert.deepEqual(calls, ['start', `stop ${seconds}`]);
    }
  });

  test('its processes are asked one by one first', async () => {
    const { build, calls } = await container({ runExec: async () => calls.push('sweep') }, true);
    const controller = new AbortController();
    const running = build.run(script, sink, controller.signal);
    setImmediate(() => controller.abort(new StopError('cancel')));
    await running;
    assert.deepEqual(calls, ['start', 'sweep', 'stop 1']);
  });

  test('an image without what the sweep needs is stopped all the same', async () => {
    const { build, calls } = await container({ runExec: () => Promise.reject(new DockerError('no sh', 400)) }, true);
    const controller = new AbortController();
    const running = build.run(script, sink, controller.signal);
    setImmediate(() => controller.abort(new StopError('cancel')));
    await running;
    assert.deepEqual(calls, ['start', 'stop 1']);
  });

  test('an engine that goes away meanwhile is reported, and harms nobody else', async () => {
    const away = new EngineUnreachableError('unix:///x', 'ECONNREFUSED');
    const { build } = await container({ stopContainer: () => Promise.reject(away) });
    const controller = new AbortController();
    const running = build.run(script, sink, controller.signal);
    setImmediate(() => controller.abort(new StopError('cancel')));
    await assert.rejects(running, away);
  });

  test('a stop before the script: nothing is started', async () => {
    const { build, calls } = await container();
    await assert.rejects(build.run(script, sink, AbortSignal.abort(new StopError('abort'))), StopError);
    assert.deepEqual(calls, []);
  });
});

describe('a shell that finds its stdin used up', () => {
  /** A container whose shell finds no script on its first `used` starts; then it runs one that exits with 3. */
  async function usedUp(used: number): Promise<Awaited<ReturnType<typeof container>>> {
    let starts = 0;
    let stream = new Attached();
    return container({
      attachContainer: async () => (stream = new Attached()),
      startContainer: async () => {
        starts += 1;
        const [attached, ended] = [stream, starts <= used];
        setImmediate(() => {
          attached.push(frame(1, '\x1b]dw;nonce;shell\x07'));
          if (ended) attached.push(null);
          else attached.ends(3);
        });
      },
      waitContainer: async () => 0,
    });
  }

  test('is started again: nothing of the script has run', async () => {
    const { build } = await usedUp(1);
    assert.equal((await build.run(script, sink, never)).exitCode, 3);
  });

  test('is no success when it happens again', async () => {
    const { build } = await usedUp(2);
    await assert.rejects(build.run(script, sink, never), /ended before it had begun with the script/);
  });
});
