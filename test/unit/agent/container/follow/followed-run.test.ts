import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FollowedRun } from '../../../../../agent/container/follow/followed-run.ts';
import type { DockerClient } from '../../../../../agent/docker/docker-client.ts';
import { EngineUnreachableError } from '../../../../../agent/docker/docker-error.ts';
import { endedContainer, fakeDocker } from '../../../../support/fake-docker-client.ts';

const NONCE = 'n'.repeat(32);
const mark = (text: string): string => `\x1b]dw;${NONCE};${text}\x07`;
const BEGIN = `${mark('shell')}${mark('1;begin')}`;
const never = new AbortController().signal;

/** Reads a run from an engine that gives these logs one after the other; `running` says what it says of the container before each look. */
async function follow(logs: readonly string[], running: readonly boolean[], own: Partial<DockerClient> = {}) {
  const states = [...running];
  const pieces = [...logs];
  let out = '';
  const docker = fakeDocker({
    inspectContainer: async () => ({ ...endedContainer, running: states.shift() ?? false }),
    followLogs: async (_id, sink) => {
      sink.write('stdout', Buffer.from(pieces.shift() ?? ''));
      if (pieces.length === 0) sink.write('stderr', Buffer.from(mark('1;5')));
    },
    ...own,
  });
  const run = new FollowedRun(docker, { id: 'c', nonce: NONCE, run: 1, first: true, started: true });
  const end = await run.read({ write: (_, bytes) => (out += bytes.toString()) }, never);
  return { out, end, left: pieces.length };
}

describe('FollowedRun', () => {
  test('a log that ends with the marks is read once', async () => {
    const { out, end } = await follow([`${BEGIN}a\nb\n${mark('1;5')}`], [true]);
    assert.deepEqual([out, end], ['a\nb\n', { marked: true, exitCode: 5 }]);
  });

  test('a log that broke off is read again, and nothing is passed on twice', async () => {
    const { out, end } = await follow([`${BEGIN}a\n`, `${BEGIN}a\nb\n${mark('1;5')}`], [true, true, true]);
    assert.deepEqual([out, end], ['a\nb\n', { marked: true, exitCode: 5 }]);
  });

  test('a container that ended while its log was followed: the last lines are looked for once more', async () => {
    const { out, end } = await follow([`${BEGIN}a\n`, `${BEGIN}a\nb\n${mark('1;5')}`], [true, false, false]);
    assert.deepEqual([out, end], ['a\nb\n', { marked: true, exitCode: 5 }]);
  });

  test('a script that was killed has no marks, and that is found out', async () => {
    const { out, end, left } = await follow([`${BEGIN}a\n`, `${BEGIN}a\n`, 'never read'], [true, false, false]);
    assert.deepEqual([out, end, left], ['a\n', { marked: false, shellReached: true, begun: true }, 1]);
  });

  test('an engine that goes away while the log is read is waited for', async () => {
    let calls = 0;
    const { out } = await follow([`${BEGIN}a\n`, `${BEGIN}a\nb\n${mark('1;5')}`], [], {
      inspectContainer: async () => {
        if ((calls += 1) === 2) throw new EngineUnreachableError('unix:///e.sock', 'ECONNREFUSED');
        return { ...endedContainer, running: calls < 4 };
      },
    });
    assert.equal(out, 'a\nb\n');
  });
});
