import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DockerodeClient } from '../../agent/docker/dockerode-client.ts';
import { classifyFailure } from '../../agent/result/classify-failure.ts';
import { CutProxy } from '../support/cut-proxy.ts';
import { docker, engineSocket, needsEngine } from '../support/engine.ts';
import { EngineJob } from '../support/engine-job.ts';
import { tempDir } from '../support/temp-dir.ts';

const script = (...lines: string[]): object => ({ payload: { steps: [{ name: 'script', script: lines }] } });

const clientAt = (socketPath: string): DockerodeClient =>
  new DockerodeClient({ host: `unix://${socketPath}`, options: { socketPath } });

describe('an engine that is not there', () => {
  test('no socket: the job fails at once, and its sentence says what to do', async () => {
    await using job = new EngineJob(script('true'), undefined, clientAt('/nonexistent/docker.sock'));
    const result = classifyFailure(await job.stages());
    assert.ok(result.state === 'failed');
    assert.equal(result.reason, 'runner_system_failure');
    assert.match(result.sentence, /no Docker Engine at unix:\/\/\/nonexistent\/docker\.sock: start it, or set "host"/);
  });
});

describe('an engine that goes away', { skip: needsEngine() }, () => {
  test('while the script runs: a system failure that names the engine, soon', async () => {
    await using folder = await tempDir();
    const path = folder.file('engine.sock');
    await using proxy = await CutProxy.listen(path, engineSocket() ?? '');
    await using job = new EngineJob(script('echo UP""-1', 'sleep 60'), undefined, clientAt(path));
    const running = job.stages();
    await job.trace.says('UP-1');
    const begin = performance.now();
    proxy.cut();
    const result = classifyFailure(await running);
    assert.ok(performance.now() - begin < 5000, 'noticed at once');
    assert.ok(result.state === 'failed');
    assert.equal(result.reason, 'runner_system_failure');
    assert.match(result.sentence, /Docker Engine at unix:/);
    assert.notEqual((await job.cleanUp()).length, 0, 'what could not be removed is told');
    await docker('rm', '--force', '--volumes', job.buildName);
  });
});
