import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { CoordinatorContact } from '../../../../agent/coordinator/coordinator-contact.ts';
import { HttpCoordinator } from '../../../../agent/coordinator/http-coordinator.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { RecordingServer } from '../../../support/recording-server.ts';

const job = { id: 42, token: 'glcbt-job-secret' };

/** The URL of a port where each connection gets this, until the test is over. */
async function portWith(greet: (socket: Socket) => void, scheme: string) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    greet(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `${scheme}://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close };
}

/** Whether such a coordinator counts as away, and whether the next answer of a good one wakes who waits for it. */
async function lookAt(url: string): Promise<void> {
  const [contact, clock] = [new CoordinatorContact(), new ManualClock()];
  const reply = await new HttpCoordinator({ url, env: {}, contact }).updateJob(job, { state: 'running' });
  assert.equal(reply.status, -1);
  assert.ok(reply.error instanceof Error);
  assert.doesNotMatch(reply.error.message, /secret/);
  await using good = await RecordingServer.start();
  const rest = contact.rest(60_000, clock, new AbortController().signal);
  await new HttpCoordinator({ url: good.url, env: {}, contact }).updateJob(job, { state: 'running' });
  assert.equal(await rest, true);
}

describe('a coordinator that is away', () => {
  test('nobody listens', async () => {
    const port = await portWith(() => {}, 'http');
    await port.close();
    await lookAt(port.url);
  });

  test('the connection is closed without a word', async () => {
    await using port = await portWith((socket) => socket.end(), 'http');
    await lookAt(port.url);
  });

  test('the connection is reset', async () => {
    await using port = await portWith((socket) => socket.resetAndDestroy(), 'http');
    await lookAt(port.url);
  });

  test('the answer is no HTTP', async () => {
    await using port = await portWith((socket) => socket.end('220 mail.example.com ESMTP\r\n'), 'http');
    await lookAt(port.url);
  });

  test('the answer breaks off', async () => {
    await using port = await portWith(
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbro'),
      'http',
    );
    await lookAt(port.url);
  });

  test('the port does not speak TLS', async () => {
    await using port = await portWith((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'https');
    await lookAt(port.url);
  });

  test('its name is not known', () => lookAt('http://coordinator.invalid'));

  for (const status of [500, 502, 503, 504, 520])
    test(`it answers ${status} again and again`, async () => {
      await using server = await RecordingServer.start();
      server.answer({ status });
      const [contact, clock] = [new CoordinatorContact(), new ManualClock()];
      const call = new HttpCoordinator({ url: server.url, env: {}, contact, clock }).updateJob(job, {
        state: 'running',
      });
      while (server.requests.length < 5) await clock.advance(1000);
      assert.equal((await call).status, status);
      assert.equal(contact.answers, 0);
    });
});
