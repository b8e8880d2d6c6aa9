import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DockerodeClient } from '../../agent/docker/dockerode-client.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { EngineJob } from '../support/engine-job.ts';

/** The engine as an agent on another machine sees it: addresses of containers mean nothing there. */
class FarClient extends DockerodeClient {
  override readonly host = 'tcp://engine.example:2375';
}

function farClient(): FarClient {
  const socketPath = engineSocket() ?? '/nonexistent';
  return new FarClient({ host: '', options: { socketPath } });
}

const WEB = 'sleep 0.5; mkdir -p /w; echo up > /w/health; exec httpd -f -p 8080 -h /w';
const SCRIPT = `(printf 'GET /health HTTP/1.0\\r\\n\\r\\n'; sleep 0.3) | nc web 8080 | tail -n 1 || true`;

const job = (variables: Record<string, string>, command = WEB): EngineJob =>
  new EngineJob(
    {
      payload: {
        services: [
          {
            name: 'busybox:latest',
            alias: 'web',
            command: ['sh', '-c', command],
            variables: Object.entries(variables).map(([key, value]) => ({ key, value })),
          },
        ],
        steps: [{ name: 'script', script: [SCRIPT] }],
      },
    },
    undefined,
    farClient(),
  );

describe('services whose addresses the agent cannot reach', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const probe of ['tcp:8080', 'http:8080/health'])
    test(`${probe} is looked at from inside, and nothing is left of the look`, { timeout: 60_000 }, async () => {
      await using one = job({ DOCKWORKER_READY: probe });
      assert.deepEqual([await one.run(), one.trace.problems], [undefined, []]);
      assert.deepEqual(one.trace.printed(), ['up']);
      assert.deepEqual(await one.leftovers(), []);
    });

  test('what listens on the loopback address alone is not ready', { timeout: 60_000 }, async () => {
    const variables = { DOCKWORKER_READY: 'tcp:8080', DOCKWORKER_READY_TIMEOUT: '2s' };
    await using one = job(variables, 'mkdir -p /w; exec httpd -f -p 127.0.0.1:8080 -h /w');
    assert.equal(await one.run(), undefined);
    assert.match(one.trace.problems[0]?.cause ?? '', /^no connection to .* port 8080, within 2 s$/);
    assert.deepEqual(await one.leftovers(), []);
  });
});
