import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob, randomName, runScript } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import { changedImage } from '../support/test-image.ts';

const REDIS = { name: 'redis:7', alias: 'db cache' };
const ping = (host: string): string => `(printf 'PING\\r\\n'; sleep 0.3) | nc ${host} 6379`;
const busybox = (command: string, more: object = {}): object => ({
  name: 'busybox:latest',
  command: ['sh', '-c', command],
  ...more,
});
const bridge = { network_mode: 'bridge' };

describe('services on the engine', { skip: needsEngine(), concurrency: 2 }, () => {
  test("redis is used under its explicit and derived names; the network is the job's own", async () => {
    const script = [ping('db'), ping('cache'), ping('redis'), 'echo "$CI_BUILD_NETWORK_NAME"'];
    const { trace, failure, job } = await runScript(script, { payload: { services: [REDIS] } });
    assert.equal(failure, undefined);
    assert.deepEqual(
      trace.printed().map((line) => line.trim()),
      ['+PONG', '+PONG', '+PONG', job.spec.networkName],
    );
    assert.deepEqual(trace.problems, []);
    assert.ok(trace.lines.includes('Starting service redis:7...'));
    assert.ok(trace.lines.some((line) => line.startsWith('Waiting for services to be up and running')));
  });

  test('on the bridge too, under the same names', async () => {
    const { trace, failure } = await runScript([ping('db'), ping('redis')], {
      docker: bridge,
      payload: { services: [REDIS] },
    });
    assert.equal(failure, undefined);
    assert.deepEqual(
      trace.printed().map((line) => line.trim()),
      ['+PONG', '+PONG'],
    );
  });

  test('services know each other and the build container', async () => {
    const other = busybox(
      `while ! ${ping('db')} | grep PONG > /builds/seen; do sleep 0.1; done; nslookup build; sleep 300`,
      { alias: 'o' },
    );
    const script = ['while ! grep -q PONG /builds/seen 2>/dev/null; do sleep 0.1; done; echo seen'];
    const { trace, failure } = await runScript(script, { payload: { services: [other, REDIS] } });
    assert.deepEqual([failure, trace.printed()], [undefined, ['seen']]);
  });

  test('two of one image both run', async () => {
    await using job = new EngineJob({
      payload: {
        services: [REDIS, { name: 'redis:7', alias: 'second' }],
        steps: [{ name: 'script', script: [ping('db'), ping('second')] }],
      },
    });
    assert.equal(await job.stages(), undefined);
    const names = await docker(
      'ps',
      '--filter',
      `label=com.gitlab.gitlab-runner.job.id=${job.spec.jobId}`,
      '--format',
      '{{.Names}}',
    );
    const services = names.split('\n').filter((name) => name.includes('-redis-'));
    assert.deepEqual(services.toSorted(), [`${job.spec.namePrefix}-redis-0`, `${job.spec.namePrefix}-redis-1`]);
    assert.deepEqual(await job.cleanUp(), []);
    assert.deepEqual(await job.leftovers(), []);
  });

  test(
    'one that dies at once is a problem with its cause and its words, not a failure',
    { timeout: 30_000 },
    async () => {
      await using job = new EngineJob({
        payload: {
          services: [busybox('echo my last words; exit 7')],
          steps: [{ name: 'script', script: ['while [ ! -e /builds/go ]; do sleep 0.1; done; echo script'] }],
        },
      });
      const running = job.stages();
      await job.trace.says('problem: ');
      await job.trace.says('$ while');
      await docker('exec', job.buildName, 'touch', '/builds/go');
      assert.deepEqual([await running, job.trace.printed()], [undefined, ['script']]);
      assert.equal(job.trace.problems.length, 1);
      const [problem] = job.trace.problems;
      assert.match(problem?.name ?? '', /-busybox-0$/);
      assert.equal(problem?.cause, 'its container ended with exit code 7');
      assert.deepEqual(problem.log.toString(), 'my last words\n');
    },
  );

  test('one that dies during the script is noticed then', { timeout: 30_000 }, async () => {
    const services = [busybox('while [ ! -e /builds/die ]; do sleep 0.1; done; echo bye; exit 8')];
    await using job = new EngineJob({
      payload: {
        services,
        steps: [{ name: 'script', script: ['touch /builds/die', 'while [ ! -e /builds/go ]; do sleep 0.1; done'] }],
      },
    });
    const running = job.stages();
    await job.trace.says('problem: its container ended with exit code 8');
    await docker('exec', job.buildName, 'touch', '/builds/go');
    assert.equal(await running, undefined);
  });

  test('one that cannot start fails the job by name', async () => {
    const services = [{ name: 'busybox:latest', entrypoint: ['/no/such'] }];
    const { reason, failure, trace } = await runScript(['echo never'], { payload: { services } });
    assert.equal(reason, 'runner_system_failure');
    assert.equal((failure as Error).message, 'image "busybox:latest" has no program "/no/such": check the entrypoint');
    assert.deepEqual(trace.sections, ['prepare_executor']);
  });

  test('one whose image is missing fails the job', async () => {
    const services = [REDIS, { name: `${randomName('gone')}:1`, pull_policy: ['never'] }];
    const limits = { allowed_pull_policies: ['never', 'if-not-present'] };
    const { reason } = await runScript(['echo never'], { docker: limits, payload: { services } });
    assert.equal(reason, 'runner_system_failure');
  });

  test('one without ports costs no time', async () => {
    const begin = performance.now();
    const { failure, trace } = await runScript(['true'], { payload: { services: [busybox('sleep 300')] } });
    assert.deepEqual([failure, trace.problems], [undefined, []]);
    assert.ok(performance.now() - begin < 8000);
  });

  test('one that does not listen is said after the time that the runner gives it', async () => {
    await using image = await changedImage('busybox:latest', 'EXPOSE 9999', 'CMD ["sleep", "300"]');
    const { failure, trace } = await runScript(['echo script'], {
      docker: { wait_for_services_timeout: 1 },
      payload: { services: [{ name: image.name, alias: 'deaf' }] },
    });
    assert.deepEqual([failure, trace.printed()], [undefined, ['script']]);
    assert.match(trace.problems[0]?.cause ?? '', /^no connection to [\d.]+, port 9999, within 1 s$/);
  });

  test('HEALTHCHECK_TCP_PORT names the port', async () => {
    const services = [{ name: 'redis:7', variables: [{ key: 'healthcheck_tcp_port', value: '1' }] }];
    const { trace } = await runScript(['true'], { docker: { wait_for_services_timeout: 1 }, payload: { services } });
    assert.match(trace.problems[0]?.cause ?? '', /port 1, within 1 s$/);
  });

  test('a service without a network of its own is not looked for on the host of the agent', async () => {
    const { trace } = await runScript(['true'], {
      docker: { network_mode: 'none', wait_for_services_timeout: 1 },
      payload: { services: [REDIS] },
    });
    assert.ok(!trace.problems.some(({ cause }) => cause.includes('no connection to ,')));
  });

  test('entrypoint, command, variables and the volumes of the job are its', async () => {
    const own = [{ key: 'OWN', value: 'own-$OPEN-$SECRET' }];
    const service = {
      name: 'busybox:latest',
      entrypoint: ['sh', '-c', 'echo "$0 $1 $OWN $OPEN [$SECRET]" > /builds/told; sleep 300'],
      command: ['zero', '$ONE'],
      variables: own,
    };
    const variables = [variable('OPEN', 'o', { public: true }), variable('SECRET', 's')];
    const script = ['while [ ! -s /builds/told ]; do sleep 0.1; done; cat /builds/told'];
    const { trace } = await runScript(script, { payload: { services: [service], variables } });
    assert.deepEqual(trace.printed(), ['zero $ONE own-o-s o []']);
  });
});
