import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { describe, test } from 'node:test';
import { DaemonGate } from '../../../../../../agent/container/service/gates/daemon-gate.ts';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const gate = (ports: readonly number[], near = true, inside: readonly number[][] = []): DaemonGate =>
  new DaemonGate({
    address: '127.0.0.1',
    ports,
    near,
    listensInside: async (wanted) => void (inside as number[][]).push([...wanted]),
  });

describe('DaemonGate', () => {
  test('a port that takes connections is not enough: the daemon has to answer', async () => {
    const held: ServerResponse[] = [];
    await using server = createServer((_, response) => void held.push(response));
    const port = await listen(server);
    const asked = once(server, 'request');
    let ready = false;
    const waiting = gate([port])
      .wait(AbortSignal.timeout(5000))
      .then(() => (ready = true));
    await asked;
    await new Promise(setImmediate);
    assert.equal(ready, false);
    held[0]?.end('OK');
    await waiting;
  });

  test('a refusal is an answer: a port with TLS gives one to a plain request', async () => {
    await using server = createTcpServer((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'),
      );
    });
    await gate([1, await listen(server)]).wait(AbortSignal.timeout(5000));
  });

  test('nobody listens: it waits for as long as it may, and says what was missing', async () => {
    const nobody = gate([1, 2]);
    await assert.rejects(nobody.wait(AbortSignal.timeout(150)), { name: /TimeoutError|AbortError/ });
    assert.equal(nobody.missing(), 'no Docker daemon answers on 127.0.0.1, port 1 or 2');
  });

  test('an address that cannot be dialled from here is looked at from inside', async () => {
    const inside: number[][] = [];
    await gate([2376, 2375], false, inside).wait(AbortSignal.timeout(1000));
    assert.deepEqual(inside, [[2376, 2375]]);
  });
});
