import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EngineJob, randomName } from '../support/engine-job.ts';
import { docker, needsEngine } from '../support/engine.ts';

describe("what a job has started through the engine's socket", { skip: needsEngine() }, () => {
  test('goes with the network of the job when it is on it, and does not keep the network', async () => {
    await using job = new EngineJob({ payload: { services: [{ name: 'redis:7' }] } });
    assert.equal(await job.stages(), undefined);
    const name = randomName('child');
    await docker('run', '--detach', '--name', name, '--network', job.spec.networkName, 'busybox:latest', 'sleep', '60');
    try {
      assert.deepEqual(await job.cleanUp(), []);
      assert.deepEqual(await job.leftovers(), []);
      assert.equal(await docker('ps', '--all', '--quiet', '--filter', `name=${name}`), '');
    } finally {
      await docker('rm', '--force', name).catch(() => '');
    }
  });
});
