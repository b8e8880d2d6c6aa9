import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { PortGate } from '../../../../../../agent/container/service/gates/port-gate.ts';

/** Broadcast: the system has no way to it for TCP. */
const NOWHERE = '255.255.255.255';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const gate = (changes: Partial<ConstructorParameters<typeof PortGate>[0]>): PortGate =>
  new PortGate({
    address: '127.0.0.1',
    ports: [1],
    near: true,
    listensInside: () => Promise.reject(new Error('not asked inside')),
    ...changes,
  });

describe('PortGate', () => {
  test('any of the ports is enough, also when it opens later', async () => {
    const port = await freePort();
    const waiting = gate({ ports: [1, port] }).wait(AbortSignal.timeout(5000));
    const server = createServer().listen(port, '127.0.0.1');
    await waiting;
    server.close();
  });

  test('a closed port is no reason to look inside; the signal ends the wait', async () => {
    const made = gate({ ports: [await freePort(), 1] });
    await assert.rejects(made.wait(AbortSignal.timeout(200)), { name: /TimeoutError|AbortError/ });
    assert.match(made.missing(), /^no connection to 127\.0\.0\.1, port \d+ or 1$/);
  });

  test('an address without an answer is looked at from inside', { timeout: 10_000 }, async () => {
    const asked: unknown[] = [];
    const listensInside = async (ports: readonly number[]): Promise<void> => void asked.push(ports);
    await gate({ address: NOWHERE, ports: [80], listensInside }).wait(AbortSignal.timeout(8000));
    assert.deepEqual(asked, [[80]]);
  });

  test('one that is known to be far away is not dialled at all', async () => {
    const asked: unknown[] = [];
    const listensInside = async (ports: readonly number[]): Promise<void> => void asked.push(ports);
    await gate({ near: false, listensInside }).wait(AbortSignal.timeout(1000));
    assert.deepEqual(asked, [[1]]);
  });
});
