import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createServer } from 'node:tls';
import { DockerodeClient } from '../../agent/docker/dockerode-client.ts';
import { engineAddress } from '../../agent/docker/engine-address.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { afterScript, EngineJob } from '../support/engine-job.ts';
import { tempDir } from '../support/temp-dir.ts';

const TLS = join(import.meta.dirname, '..', 'support', 'tls');

/** The engine's API behind TLS on a port of this machine, for those who have a certificate of the authority. */
async function tlsEngine(): Promise<AsyncDisposable & { readonly host: string }> {
  const file = (name: string): Promise<Buffer> => readFile(join(TLS, name));
  const [ca, cert, key] = await Promise.all([file('ca.crt'), file('server.crt'), file('server.key')]);
  const sockets = new Set<Socket>();
  const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true, allowHalfOpen: true });
  server.on('secureConnection', (client) => {
    const engine = connect({ path: engineSocket() ?? '', allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.pipe(engine);
    engine.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A job on the engine at `host`, with the certificates of test/support/tls as `tls_cert_path`. */
async function jobAt(host: string, authority: string): Promise<EngineJob> {
  await using folder = await tempDir();
  for (const [from, to] of [
    [authority, 'ca.pem'],
    ['client.crt', 'cert.pem'],
    ['client.key', 'key.pem'],
  ] as const)
    await copyFile(join(TLS, from), folder.file(to));
  const client = new DockerodeClient(engineAddress({ host, tls_cert_path: folder.path }, {}));
  const steps = [{ name: 'script', script: ['echo "over TLS"; exit 5'] }, afterScript('echo after')];
  return new EngineJob({ payload: { steps } }, undefined, client);
}

describe('an engine behind TLS', { skip: needsEngine() }, () => {
  test('tls_cert_path: agent and engine know each other, and a job runs to its end', { timeout: 60_000 }, async () => {
    await using engine = await tlsEngine();
    await using job = await jobAt(engine.host, 'ca.crt');
    const failure = await job.run();
    assert.equal(Reflect.get(failure as object, 'exitCode'), 5);
    assert.deepEqual([job.trace.printed(), job.trace.printed('after_script')], [['over TLS'], ['after']]);
    assert.deepEqual(await job.leftovers(), []);
  });

  test('an engine that another authority vouches for is not used', { timeout: 60_000 }, async () => {
    await using engine = await tlsEngine();
    await using job = await jobAt(engine.host, 'other-ca.crt');
    assert.match(String(await job.stages()), /SELF_SIGNED_CERT_IN_CHAIN/);
    assert.deepEqual(job.trace.printed(), []);
  });
});
