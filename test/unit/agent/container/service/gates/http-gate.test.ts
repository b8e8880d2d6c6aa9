import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import { HttpGate } from '../../../../../../agent/container/service/gates/http-gate.ts';

async function withServer(answer: RequestListener, use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use((server.address() as { port: number }).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const gate = (port: number, changes: Partial<ConstructorParameters<typeof HttpGate>[0]> = {}): HttpGate =>
  new HttpGate({
    address: '127.0.0.1',
    port,
    path: '/health?full',
    near: true,
    answersInside: () => Promise.reject(new Error('not asked inside')),
    ...changes,
  });

describe('HttpGate', () => {
  test('ready with the first status below 400', async () => {
    const asked: string[] = [];
    const answer: RequestListener = (request, response) => {
      asked.push(request.url ?? '');
      response.statusCode = asked.length < 3 ? 503 : 302;
      response.end();
    };
    await withServer(answer, (port) => gate(port).wait(AbortSignal.timeout(5000)));
    assert.deepEqual(asked, Array(3).fill('/health?full'));
  });

  test('says what the last answer was', async () => {
    const answer: RequestListener = (_request, response) => {
      response.statusCode = 500;
      response.end();
    };
    await withServer(answer, async (port) => {
      const made = gate(port);
      await assert.rejects(made.wait(AbortSignal.timeout(250)));
      assert.equal(made.missing(), `status 500 from http://127.0.0.1:${port}/health?full`);
    });
  });

  test('an address that is far away is asked from inside', async () => {
    const inside: string[] = [];
    const made = gate(8080, { near: false, answersInside: async (url) => void inside.push(url) });
    await made.wait(AbortSignal.timeout(1000));
    assert.deepEqual(inside, ['http://127.0.0.1:8080/health?full']);
  });
});
