import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DockerodeClient } from '../../agent/docker/dockerode-client.ts';
import { classifyFailure } from '../../agent/result/classify-failure.ts';
import { CutProxy } from '../support/cut-proxy.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
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
  test('for a while, while the script runs: its author is told, and no line of it is lost', async () => {
    await using folder = await tempDir();
    const path = folder.file('engine.sock');
    await using proxy = await CutProxy.listen(path, engineSocket() ?? '');
    const loop = 'i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo "out $i"; echo "err $i" >&2; sleep 0.05; done; exit 7';
    await using job = new EngineJob(script('echo UP""-1', loop), undefined, clientAt(path));
    const running = job.stages();
    await job.trace.says('UP-1');
    proxy.cut();
    await job.trace.says('does not answer any more');
    await proxy.mend();
    const result = classifyFailure(await running);
    assert.deepEqual([result.state, result.state === 'failed' && result.exitCode], ['failed', 7]);
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    assert.deepEqual(numbersOf(job.trace.printed('step_script', 'stdout'), 'out'), numbers);
    assert.deepEqual(numbersOf(job.trace.printed('step_script', 'stderr'), 'err'), numbers);
    assert.deepEqual(await job.cleanUp(), []);
  });
});

const numbersOf = (lines: readonly string[], word: string): number[] =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.slice(word.length)));
