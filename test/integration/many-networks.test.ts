import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob } from '../support/engine-job.ts';
import { tempDir } from '../support/temp-dir.ts';

/** More than the engine's own address pools hold. */
const JOBS = 32;

const WEB = 'mkdir -p /w; echo hello > /w/x; exec httpd -f -p 8080 -h /w';
const SCRIPT = [
  `(printf 'GET /x HTTP/1.0\\r\\n\\r\\n'; sleep 0.3) | nc web 8080 | tail -n 1`,
  'echo there',
  'while [ ! -e /gate/go ]; do sleep 0.5; done',
];

const job = (gate: string): EngineJob =>
  new EngineJob({
    docker: { volumes: [`${gate}:/gate`] },
    payload: {
      services: [
        {
          name: 'busybox:latest',
          alias: 'web',
          command: ['sh', '-c', WEB],
          variables: [{ key: 'DOCKWORKER_READY', value: 'tcp:8080' }],
        },
      ],
      steps: [{ name: 'script', script: SCRIPT }],
      runner_info: { timeout: 300 },
    },
  });

describe('many jobs at once', { skip: needsEngine() }, () => {
  test(`${JOBS}, each with a service: all have a network of their own`, { timeout: 180_000 }, async () => {
    await using gate = await tempDir();
    await chmod(gate.path, 0o755);
    await using stack = new AsyncDisposableStack();
    const jobs = Array.from({ length: JOBS }, () => stack.use(job(gate.path)));
    const running = Promise.all(jobs.map(async (one) => assert.equal(await one.stages(), undefined)));
    // all of them are in their scripts at the same time, unless one has failed
    await Promise.race([Promise.all(jobs.map((one) => one.trace.says('\nthere\n'))), running]);
    const names = jobs.map(({ spec }) => spec.networkName);
    const subnets = await docker('network', 'inspect', '--format', '{{(index .IPAM.Config 0).Subnet}}', ...names);
    await writeFile(gate.file('go'), '');
    await running;
    assert.equal(new Set(subnets.trim().split('\n')).size, JOBS);
    for (const { trace } of jobs) assert.deepEqual([trace.printed(), trace.problems], [['hello', 'there'], []]);
    const left = await Promise.all(jobs.map(async (one) => [...(await one.cleanUp()), ...(await one.leftovers())]));
    assert.deepEqual(left.flat(), []);
  });
});
