import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ScriptWitness } from '../../../../../agent/container/failure/script-witness.ts';
import type { ContainerDetails, DockerClient } from '../../../../../agent/docker/docker-client.ts';
import { EngineUnreachableError } from '../../../../../agent/docker/docker-error.ts';
import { endedContainer, fakeDocker, notFound } from '../../../../support/fake-docker-client.ts';

type ScriptEnd = Parameters<ScriptWitness['judge']>[0];

const details = endedContainer;
const stays: DockerClient['waitContainer'] = async (_id, condition) => {
  if (condition === 'removed') throw new DOMException('time', 'AbortError');
  return 137;
};
const died = (shellReached: boolean): ScriptEnd => ({ marked: false, shellReached, begun: shellReached });
const marked = (exitCode: number): ScriptEnd => ({ marked: true, exitCode });

/** What is made of an end, where the engine answers as `docker` says and the script printed `output`. */
async function verdict(end: ScriptEnd, docker: Partial<DockerClient>, output = '', HostConfig: object = {}) {
  const events = { silent: () => {}, used: () => {}, remarked: () => {}, engineAway: () => {} };
  const container = { docker: fakeDocker(docker), id: 'no-such-id', image: 'img', remarks: [], events };
  using witness = new ScriptWitness({ ...container, options: { HostConfig } }, { begun: true }, { write: () => {} });
  witness.output.write('stdout', Buffer.from(output));
  witness.ended();
  return await witness.judge(end);
}

describe('ScriptWitness: the shell told the exit code', () => {
  test('success: nobody is asked', async () => {
    assert.deepEqual(await verdict(marked(0), {}), { exitCode: 0, shellReached: true });
  });

  const flagged = (oomKilled: boolean): Partial<DockerClient> => ({
    inspectContainer: async () => ({ ...details, oomKilled }),
  });

  test('a child was killed for memory, whatever the script made of it', async () => {
    const { exitCode, cause } = await verdict(marked(2), flagged(true), '', { Memory: 64 * 2 ** 20 });
    assert.equal(exitCode, 2);
    assert.match(cause ?? '', /^out of memory: the build container used up its limit of 64 MiB/);
  });

  test('an exit code of its own needs no explanation', async () => {
    assert.equal((await verdict(marked(1), flagged(false))).cause, undefined);
  });

  test('exit codes of shells and kernels are explained, output hints', async () => {
    assert.equal((await verdict(marked(127), flagged(false))).cause, 'a command was not found');
    const { cause } = await verdict(marked(141), flagged(false), 'cp: No space left on device\n');
    assert.match(cause ?? '', /^a pipe was closed .*\(SIGPIPE\); its last lines hint at no space left/);
    assert.match((await verdict(marked(1), flagged(false), 'ENOSPC')).cause ?? '', /^its last lines hint at no space/);
  });

  test('an engine that cannot be asked does not change the result', async () => {
    const away = { inspectContainer: () => Promise.reject(new EngineUnreachableError('h', 'ENOENT')) };
    assert.deepEqual((await verdict(marked(5), away)).exitCode, 5);
  });
});

describe('ScriptWitness: the container ended first', () => {
  const dead = (signals: readonly string[], more: Partial<ContainerDetails> = {}): Partial<DockerClient> => ({
    waitContainer: stays,
    inspectContainer: async () => ({ ...details, ...more }),
    killSignals: async () => signals,
  });

  for (const [how, signals, names] of [
    ['docker kill', ['9'], 'SIGKILL'],
    ['docker stop', ['15'], 'SIGTERM'],
    ['docker stop', ['15', '9'], 'SIGTERM and SIGKILL'],
  ] as const)
    test(`through the engine, with ${names}`, async () => {
      const sentence = `somebody sent it ${names} through the engine (as "${how}" does), exit code 137`;
      await assert.rejects(verdict(died(true), dead(signals)), (error: Error & { reason?: string }) => {
        assert.equal(error.reason, 'runner_system_failure');
        return error.message.endsWith(sentence);
      });
    });

  test('an entrypoint that ends well when it is told to end has not run the script', async () => {
    const stopped = { ...dead(['15']), waitContainer: async () => 0 };
    await assert.rejects(verdict(died(true), stopped), { reason: 'runner_system_failure', message: /exit code 0$/ });
    const own = { ...dead([]), waitContainer: async () => 0 };
    assert.deepEqual(await verdict(died(false), own), { exitCode: 0, shellReached: false });
  });

  test('killed for memory is the script, not somebody', async () => {
    const { exitCode, cause } = await verdict(died(true), dead([], { oomKilled: true }));
    assert.equal(exitCode, 137);
    assert.match(cause ?? '', /^out of memory: /);
  });

  test('killed by nobody who can be named', async () => {
    const { cause } = await verdict(died(true), dead([]));
    assert.match(cause ?? '', /shell ended before the script did: it was killed \(SIGKILL\), but neither/);
  });

  test('an engine that does not tell its events', async () => {
    const { cause } = await verdict(died(true), { ...dead([]), killSignals: () => Promise.reject(notFound()) });
    assert.match(cause ?? '', /neither for memory nor/);
  });

  test('the kernel refused the first program', async () => {
    const refused = { ...dead([]), waitContainer: async () => 255 };
    await assert.rejects(verdict(died(false), refused, 'exec /bin/sh: exec format error\n'), {
      reason: 'runner_system_failure',
      message: /made for another processor architecture/,
    });
    const { exitCode, cause } = await verdict(died(true), refused, 'exec /bin/sh: exec format error\n');
    assert.deepEqual([exitCode, cause], [255, "the script's shell ended before the script did"]);
  });

  test('the engine is gone: that is what is reported', async () => {
    const away = new EngineUnreachableError('unix:///x', 'ECONNREFUSED');
    await assert.rejects(verdict(died(true), { waitContainer: () => Promise.reject(away) }), away);
  });
});
