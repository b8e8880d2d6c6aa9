import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LogGate } from '../../../../../../agent/container/service/gates/log-gate.ts';
import { fakeDocker } from '../../../../../support/fake-docker-client.ts';

/** A gate for a service that prints these pieces and then, if `ends`, ends. */
function gate(pattern: string, pieces: string[], ends = true): LogGate {
  const docker = fakeDocker({
    followLogs: async (_id, sink, signal) => {
      for (const piece of pieces) sink.write('stdout', Buffer.from(piece));
      if (!ends) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  return new LogGate(docker, 'id', pattern);
}
const stop = new AbortController().signal;

describe('LogGate', () => {
  test('ready with the line that matches, cut anywhere', async () => {
    await gate('ready to (accept|serve)$', ['starting\nready to ac', 'cept\nmore'], false).wait(stop);
  });

  test('a last line without an end counts', async () => {
    await gate('^ready$', ['starting\nready']).wait(stop);
  });

  test('a log that ends without a match ends the wait', async () => {
    const made = gate('ready', ['starting\n']);
    await assert.rejects(made.wait(stop), /the log has ended/);
    assert.equal(made.missing(), 'no line of its log matches /ready/');
  });

  test('a line counts with its first 4 KiB', async () => {
    await assert.rejects(gate('ready', [`${'x'.repeat(4096)}ready\n`]).wait(stop), /the log has ended/);
  });

  test('the signal ends the wait', async () => {
    const controller = new AbortController();
    const waiting = gate('ready', ['starting\n'], false).wait(controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(waiting);
  });

  test('a pattern that takes for ever costs half a second, not the agent', { timeout: 10_000 }, async () => {
    const made = gate('^(a+)+$', [`${'a'.repeat(40)}b\n`.repeat(50)], false);
    const begin = performance.now();
    await assert.rejects(made.wait(stop));
    assert.ok(performance.now() - begin < 3000);
    assert.equal(made.missing(), 'the pattern /^(a+)+$/ takes too long to match');
  });
});
