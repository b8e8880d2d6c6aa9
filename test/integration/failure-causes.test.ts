import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob, reasonOf, runScript, type FinishedJob } from '../support/engine-job.ts';
import type { JobChanges } from '../support/job-fixture.ts';
import { tempDir } from '../support/temp-dir.ts';
import { changedImage, imageOf } from '../support/test-image.ts';

const sentence = ({ failure }: FinishedJob): string => (failure as Error).message;
const bash: JobChanges['payload'] = { image: { name: 'gitbase:latest' } };
const hungry = 'x=$(head -c 300000000 /dev/zero | tr "\\000" a)';

async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port of the host that nobody has. */
async function freePort(): Promise<number> {
  await using server = createServer().listen(0);
  return await portOf(server);
}

/** Runs until the script is there, then ends its container from outside. */
async function disturbed(image: string, ...command: readonly string[]): Promise<unknown> {
  const steps = [{ name: 'script', script: ['echo UP""-1', 'sleep 300'] }];
  await using job = new EngineJob({ payload: { image: { name: image }, steps } });
  const running = job.stages();
  await job.trace.says('UP-1');
  await docker(...command, job.buildName);
  const failure = await running;
  assert.equal(reasonOf(failure), 'runner_system_failure');
  assert.deepEqual(await job.cleanUp(), []);
  return (failure as Error).message;
}

describe('out of memory', { skip: needsEngine(), concurrency: 2 }, () => {
  const limits = { memory: '64m', memory_swap: '64m' };
  // a busy machine may have removed the figures before they are read: then the engine's word is all there is
  const atLimit = /out of memory: the build container used (up|\d+(\.\d)? MiB of) its limit of 64 MiB/;

  test('the script itself: the exit code, the limit and what was used', async () => {
    const job = await runScript([hungry], { docker: limits, payload: bash ?? {} });
    assert.deepEqual([job.reason, job.exitCode], ['script_failure', 137]);
    assert.match(sentence(job), atLimit);
  });

  test('a child whose death the script turns into another exit code', async () => {
    const job = await runScript([`sh -c '${hungry}' || exit 3`], { docker: limits, payload: bash ?? {} });
    assert.deepEqual([job.reason, job.exitCode], ['script_failure', 3]);
    assert.match(sentence(job), atLimit);
  });

  test('the first process of the container, which takes the shell with it', async () => {
    const entrypoint = ['awk', 'BEGIN { while (1) s = s s "xxxxxxxxxxxxxxxx" }'];
    const job = await runScript(['echo never'], {
      docker: { memory: '16m', memory_swap: '16m' },
      payload: { image: { name: 'busybox:latest', entrypoint } },
    });
    assert.deepEqual([job.reason, job.exitCode], ['script_failure', 137]);
    assert.match(sentence(job), /out of memory: the build container used .* its limit of 16 MiB/);
  });

  test('a job that stays below its limit is not accused', async () => {
    const job = await runScript(['exit 137'], { docker: limits });
    assert.equal(sentence(job), 'exit code 137: a process was killed (SIGKILL), and not for want of memory');
  });
});

describe('ended from outside', { skip: needsEngine(), concurrency: 3, timeout: 90_000 }, () => {
  test('docker kill', async () => {
    assert.match(
      String(await disturbed('busybox:latest', 'kill')),
      /somebody sent it SIGKILL through the engine .*exit code 137$/,
    );
  });

  test('docker stop', async () => {
    const told = String(await disturbed('busybox:latest', 'stop', '--time', '1'));
    assert.match(told, /somebody sent it SIGTERM( and SIGKILL)? through the engine .*"docker stop"/);
  });

  test('docker stop, and an entrypoint that takes it for the end of its work', async () => {
    const entrypoint = `ENTRYPOINT ["sh", "-c", "trap 'exit 0' TERM; exec 3<&0; \\"$@\\" <&3 & wait", "--"]`;
    await using image = await changedImage('busybox:latest', entrypoint);
    assert.match(String(await disturbed(image.name, 'stop')), /sent it SIGTERM through the engine .*exit code 0$/);
  });

  test('docker rm', async () => {
    assert.match(String(await disturbed('busybox:latest', 'rm', '--force')), /was removed from outside/);
  });
});

describe('the helper container', { skip: needsEngine(), timeout: 60_000 }, () => {
  test('killed from outside while it gets the sources', async () => {
    await using job = new EngineJob({
      payload: {
        variables: [{ key: 'GIT_STRATEGY', value: 'fetch', public: true, masked: false }],
        hooks: [{ name: 'pre_get_sources_script', script: ['echo UP""-2; sleep 300'] }],
      },
      docker: { helper_image: 'gitbase:latest' },
    });
    const running = job.stages();
    await job.trace.says('UP-2');
    await docker('kill', `${job.spec.namePrefix}-predefined`);
    const failure = await running;
    assert.equal(reasonOf(failure), 'runner_system_failure');
    assert.equal((failure as Error).message, 'the helper container ended with exit code 137 before its script did');
  });
});

describe('programs that cannot be run', { skip: needsEngine(), concurrency: 2 }, () => {
  test('an image for another processor', async () => {
    await using folder = await tempDir();
    const file = folder.file('busybox');
    const container = await docker('create', 'busybox:latest');
    await docker('cp', `${container}:/bin/busybox`, file);
    await docker('rm', container);
    const program = await readFile(file);
    program.writeUInt16LE(0xb7, 18); // e_machine: AArch64
    await using image = await imageOf({ 'bin/sh': program }, 'linux/arm64');
    const job = await runScript(['echo never'], { payload: { image: { name: image.name } } });
    assert.equal(job.reason, 'runner_system_failure');
    // engines before 23 do not tell the two architectures
    const made = /is made for (?:linux\/arm64, this host is linux\/\S+|another processor .*) \(exec format error\)$/;
    assert.match(sentence(job), made);
  });

  test('an entrypoint whose interpreter is missing', async () => {
    await using image = await imageOf({ entry: '#!/no/such/sh\n' });
    const job = await runScript(['echo never'], { payload: { image: { name: image.name, entrypoint: ['/entry'] } } });
    assert.equal(job.reason, 'runner_system_failure');
    assert.match(sentence(job), /^"\/entry" of image .* cannot be run: the interpreter/);
  });

  test('an entrypoint that is a directory', async () => {
    const image = { name: 'busybox:latest', entrypoint: ['/bin'] };
    const job = await runScript(['echo never'], { payload: { image } });
    assert.equal(job.reason, 'runner_system_failure');
    assert.match(sentence(job), /^"\/bin" of image "busybox:latest" is not an executable file/);
  });
});

describe('what the engine cannot do', { skip: needsEngine() }, () => {
  test('a builds directory that is mounted read-only', async () => {
    await using folder = await tempDir();
    const job = await runScript(['echo never'], { docker: { volumes: [`${folder.file('.')}:/builds:ro`] } });
    assert.equal(job.reason, 'runner_system_failure');
    assert.match(sentence(job), /^the engine cannot write to a read-only file system: /);
  });
});

describe('what the last lines hint at', { skip: needsEngine(), concurrency: 2 }, () => {
  test('a full disk', async () => {
    const job = await runScript(['cp /bin/busybox /small/a'], { docker: { tmpfs: { '/small': 'size=64k' } } });
    assert.deepEqual([job.reason, job.exitCode], ['script_failure', 1]);
    assert.match(sentence(job), /^exit code 1: its last lines hint at no space left on a disk/);
  });

  test('a read-only file system', async () => {
    const job = await runScript(['touch /sys/x'], {});
    assert.deepEqual([job.reason, job.exitCode], ['script_failure', 1]);
    assert.match(sentence(job), /^exit code 1: its last lines hint at a write to a read-only file system/);
  });

  test('a port of the host that somebody has', async () => {
    await using holder = createServer().listen(0);
    const port = await portOf(holder);
    const job = await runScript([`nc -l -p ${port}`], { docker: { network_mode: 'host' } });
    assert.match(sentence(job), /^exit code 1: its last lines hint at a port that is taken/);
  });

  test('two services on one port of the host', async () => {
    const port = await freePort();
    const variables = [{ key: 'HEALTHCHECK_TCP_PORT', value: String(port), public: true }];
    const redis = { name: 'redis:7', command: ['--port', String(port)], variables };
    const services = ['one', 'two'].map((alias) => ({ ...redis, alias }));
    const job = await runScript(['sleep 0.5; exit 5'], { docker: { network_mode: 'host' }, payload: { services } });
    assert.equal(job.exitCode, 5);
    const causes = job.trace.problems.map(({ cause }) => cause);
    assert.equal(causes.length, 1);
    assert.match(causes[0] ?? '', /ended with exit code 1; its last lines hint at a port that is taken/);
  });

  test('a command that is not there', async () => {
    assert.equal(sentence(await runScript(['no-such-command'])), 'exit code 127: a command was not found');
  });
});

describe('entrypoints that are silent', { skip: needsEngine(), concurrency: 2 }, () => {
  const warned = (job: FinishedJob): boolean =>
    job.trace.warnings.some((text) => /has not started the script's shell within 5 s/.test(text));

  test('one that says nothing is told of while the job waits', async () => {
    await using image = await changedImage('busybox:latest', 'ENTRYPOINT ["sh", "-c", "sleep 6; exit 4"]');
    const job = await runScript(['echo never'], { payload: { image: { name: image.name } } });
    assert.equal(warned(job), true);
    assert.equal(job.exitCode, 4);
    assert.match(sentence(job), /^exit code 4: the entrypoint .* entrypoint: \[""\] \}/);
  });

  test('one that is slow but prints is not accused', async () => {
    const entrypoint = 'ENTRYPOINT ["sh", "-c", "echo working; sleep 6; exec \\"$@\\"", "--"]';
    await using image = await changedImage('busybox:latest', entrypoint);
    const job = await runScript(['echo script'], { payload: { image: { name: image.name } } });
    assert.deepEqual([warned(job), job.failure], [false, undefined]);
  });
});
