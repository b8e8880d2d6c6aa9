import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { describe, test } from 'node:test';
import { describeRequest, startRequestCounter } from '../../../../bench/measure/request-counter.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const REQUESTS = {
  'POST /v1.41/containers/create?name=x HTTP/1.1\r\n': 'POST /containers/create',
  'POST /v1.51/containers/0123abcd/start HTTP/1.1\r\nhost: docker\r\n': 'POST /containers/{id}/start',
  'GET /_ping HTTP/1.1\r\n': 'GET /_ping',
  'GET /images/registry:5000/a/b:1/json HTTP/1.1\r\n': 'GET /images/{name}/json',
  'DELETE /networks/n?force=1 HTTP/1.1\r\n': 'DELETE /networks/{id}',
};

describe('describeRequest', () => {
  for (const [text, description] of Object.entries(REQUESTS)) {
    test(description, () => assert.equal(describeRequest(Buffer.from(text)), description));
  }

  test('finds no request in what only looks like one', () => {
    for (const text of ['{"GET /x HTTP/1.1\\r\\n"}', 'GET /x', ' GET /x HTTP/1.1\r\n', 'echo GET / HTTP/1.1\r\n']) {
      assert.equal(describeRequest(Buffer.from(text)), undefined);
    }
  });
});

test('the counter passes requests on and counts them until they are taken', async () => {
  await using folder = await tempDir();
  const engine = createServer((incoming, reply) => reply.end(`answer to ${incoming.url}`));
  await new Promise<void>((resolve) => void engine.listen(folder.file('engine.sock'), resolve));
  await using counter = await startRequestCounter(folder.file('counted.sock'), folder.file('engine.sock'));
  const ask = async (path: string): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const options = { socketPath: folder.file('counted.sock'), path, agent: false };
    request(options, (reply) => reply.setEncoding('utf8').on('data', resolve))
      .on('error', reject)
      .end();
    return promise;
  };
  try {
    assert.equal(await ask('/v1.51/info'), 'answer to /v1.51/info');
    await ask('/v1.51/info');
    await ask('/v1.51/containers/abc/json');
    assert.deepEqual(counter.take(), { 'GET /containers/{id}/json': 1, 'GET /info': 2 });
    assert.deepEqual(counter.take(), {});
  } finally {
    engine.closeAllConnections();
    engine.close();
  }
});
