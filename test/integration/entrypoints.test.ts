import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { afterScript, EngineJob, randomName, reasonOf, runScript } from '../support/engine-job.ts';
import { changedImage, emptyImage } from '../support/test-image.ts';

describe('images and entrypoints on the engine', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const code of [0, 9])
    test(`an entrypoint that swallows the command and ends with ${code} decides the job, and its author is told`, async () => {
      await using image = await changedImage(
        'busybox:latest',
        `ENTRYPOINT ["sh", "-c", "echo swallowed; exit ${code}"]`,
      );
      const { trace, reason, exitCode, failure } = await runScript(['echo never'], {
        payload: { image: { name: image.name } },
      });
      assert.deepEqual([reason, exitCode], code === 0 ? [undefined, undefined] : ['script_failure', 9]);
      assert.deepEqual(trace.printed(), ['swallowed']);
      const told = code === 0 ? trace.warnings.join('\n') : (failure as Error).message;
      assert.match(
        told,
        /without starting the script's shell: set {2}image: \{ name: "\S+", entrypoint: \[""\] \} {2}to/,
      );
    });

  test('what it printed is not lost when it never reads a long script', async () => {
    await using image = await changedImage('busybox:latest', 'ENTRYPOINT ["sh", "-c", "echo swallowed; exit 9"]');
    const long = [`: ${'x'.repeat(2_000_000)}`];
    for (let round = 0; round < 3; round += 1) {
      const { trace, exitCode } = await runScript(long, { payload: { image: { name: image.name } } });
      assert.deepEqual([exitCode, trace.printed()], [9, ['swallowed']]);
    }
  });

  test('entrypoint [""] clears it, [] leaves it', async () => {
    await using image = await changedImage('busybox:latest', 'ENTRYPOINT ["sh", "-c", "echo swallowed; exit 9"]');
    const run = (entrypoint: string[]) =>
      runScript(['echo script'], { payload: { image: { name: image.name, entrypoint } } });
    assert.deepEqual((await run([''])).trace.printed(), ['script']);
    assert.equal((await run([])).exitCode, 9);
  });

  test('an entrypoint that prepares the way is run for the script and again for after_script', async () => {
    await using image = await changedImage(
      'busybox:latest',
      'ENTRYPOINT ["sh", "-c", "echo preparing; export PREPARED=yes; exec \\"$@\\"", "--"]',
    );
    const { trace, failure } = await runScript(['echo "script $PREPARED"'], {
      payload: { image: { name: image.name }, steps: [afterScript('echo "after $PREPARED"')] },
    });
    assert.equal(failure, undefined);
    assert.deepEqual(trace.printed(), ['preparing', 'script yes']);
    assert.deepEqual(trace.printed('after_script'), ['preparing', 'after yes']);
  });

  test(
    'an entrypoint that stays after the shell holds up neither after_script nor the job',
    { timeout: 30_000 },
    async () => {
      await using image = await changedImage('busybox:latest', 'ENTRYPOINT ["sh", "-c", "\\"$@\\"; sleep 300", "--"]');
      const { trace, exitCode } = await runScript(['echo script; exit 4'], {
        payload: { image: { name: image.name }, steps: [afterScript('echo after')] },
      });
      assert.equal(exitCode, 4);
      assert.deepEqual([trace.printed(), trace.printed('after_script')], [['script'], ['after']]);
    },
  );

  test('an image without a shell', async () => {
    await using image = await emptyImage();
    const { reason, failure } = await runScript(['echo never'], { payload: { image: { name: image.name } } });
    assert.equal(reason, 'runner_system_failure');
    assert.equal((failure as Error).message, `image "${image.name}" has no shell: the script needs sh or bash in it`);
  });

  for (const program of ['no-such-program', '/no/such/program'])
    test(`entrypoint ${program} is missing`, async () => {
      const image = { name: 'busybox:latest', entrypoint: [program] };
      const { reason, failure } = await runScript(['echo never'], { payload: { image } });
      assert.equal(reason, 'runner_system_failure');
      assert.equal(
        (failure as Error).message,
        `image "busybox:latest" has no program "${program}": check the entrypoint`,
      );
    });

  test('a user that is missing', async () => {
    const image = { name: 'busybox:latest', executor_opts: { docker: { user: 'squid' } } };
    const { reason, failure } = await runScript(['echo never'], { payload: { image } });
    assert.deepEqual(
      [reason, (failure as Error).message],
      ['runner_system_failure', 'image "busybox:latest" has no user "squid"'],
    );
  });

  test('a network that is missing', async () => {
    const network_mode = randomName('no-network');
    const { reason, failure } = await runScript(['echo never'], { docker: { network_mode } });
    assert.equal(reason, 'runner_system_failure');
    assert.match((failure as Error).message, new RegExp(`there is no network "${network_mode}" on this host`));
  });

  test('an image that is missing, policy never', async () => {
    const name = `${randomName('gone')}:1`;
    const { reason, failure, trace } = await runScript(['echo never'], {
      docker: { pull_policy: 'never' },
      payload: { image: { name } },
    });
    assert.equal(reason, 'runner_system_failure');
    assert.match((failure as Error).message, /is not on this host and the pull policy "never" forbids to pull it/);
    assert.deepEqual(trace.sections, ['prepare_executor']);
  });

  test('memory that the engine refuses is a mistake of the configuration', async () => {
    const { reason } = await runScript(['echo never'], { docker: { memory: '1k' } });
    assert.equal(reason, 'runner_configuration_error');
  });

  test('out of memory: 137, and the limit is named', async () => {
    const limits = { memory: '64m', memory_swap: '64m' };
    const script = ['echo start', 'x=$(head -c 300000000 /dev/zero | tr "\\000" a)', 'echo never'];
    const { exitCode, trace } = await runScript(script, {
      docker: limits,
      payload: { image: { name: 'gitbase:latest' } },
    });
    assert.equal(exitCode, 137);
    assert.deepEqual(trace.printed(), ['start']);
  });

  test('container labels and names are those that users look for', async () => {
    await using job = new EngineJob({
      docker: { container_labels: { team: 'x' } },
      payload: { steps: [{ name: 'script', script: ['echo ready', 'sleep 30'] }] },
    });
    const running = job.stages();
    await job.trace.says('ready');
    const format =
      '{{index .Config.Labels "team"}} {{index .Config.Labels "com.gitlab.gitlab-runner.type"}} {{.Config.Hostname}}';
    assert.equal(await docker('inspect', '--format', format, job.buildName), `x build ${job.spec.hostname}`);
    job.deadline.stop('abort');
    assert.equal(reasonOf(await running), 'job_canceled');
  });
});
