import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { DockerodeClient } from '../../agent/docker/dockerode-client.ts';
import { engineAddress } from '../../agent/docker/engine-address.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { afterScript, EngineJob } from '../support/engine-job.ts';
import { tempDir } from '../support/temp-dir.ts';
import { TlsFront, tlsFile } from '../support/tls-front.ts';

/** A job on the engine behind `front`, with certificates of test/support/tls as `tls_cert_path`. */
async function jobAt(front: TlsFront, authority: string): Promise<EngineJob> {
  await using folder = await tempDir();
  for (const [from, to] of [
    [authority, 'ca.pem'],
    ['client.crt', 'cert.pem'],
    ['client.key', 'key.pem'],
  ] as const)
    await copyFile(tlsFile(from), folder.file(to));
  const host = `tcp://127.0.0.1:${front.port}`;
  const client = new DockerodeClient(engineAddress({ host, tls_cert_path: folder.path }, {}));
  const steps = [{ name: 'script', script: ['echo "over TLS"; exit 5'] }, afterScript('echo after')];
  return new EngineJob({ payload: { steps } }, undefined, client);
}

describe('an engine behind TLS', { skip: needsEngine() }, () => {
  test('tls_cert_path: agent and engine know each other, and a job runs to its end', { timeout: 60_000 }, async () => {
    await using front = await TlsFront.listen({ path: engineSocket() ?? '' }, true);
    await using job = await jobAt(front, 'ca.crt');
    const failure = await job.run();
    assert.equal(Reflect.get(failure as object, 'exitCode'), 5);
    assert.deepEqual([job.trace.printed(), job.trace.printed('after_script')], [['over TLS'], ['after']]);
    assert.deepEqual(await job.leftovers(), []);
  });

  test('an engine that another authority vouches for is not used', { timeout: 60_000 }, async () => {
    await using front = await TlsFront.listen({ path: engineSocket() ?? '' }, true);
    await using job = await jobAt(front, 'other-ca.crt');
    assert.match(String(await job.stages()), /SELF_SIGNED_CERT_IN_CHAIN/);
    assert.deepEqual(job.trace.printed(), []);
  });
});
