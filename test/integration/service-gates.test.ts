import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob, runScript, type FinishedJob } from '../support/engine-job.ts';
import { changedImage } from '../support/test-image.ts';

/** httpd answers a second after the start; busybox has no port of its own. */
const LATE =
  'echo starting; sleep 1; mkdir -p /w; echo up > /w/health; echo ready to serve; exec httpd -f -p 8080 -h /w';

interface ServiceChanges {
  readonly name?: string;
  readonly command?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

const service = ({ name = 'busybox:latest', command = LATE, variables = {} }: ServiceChanges): object => ({
  name,
  alias: 'late',
  command: ['sh', '-c', command],
  variables: Object.entries(variables).map(([key, value]) => ({ key, value })),
});
/** Says at once whether the service answers. */
const ASK = `(printf 'GET /health HTTP/1.0\\r\\n\\r\\n'; sleep 0.3) | nc late 8080 | grep -q up && echo answers || echo silent`;

const ready = (probe: string, more: Record<string, string> = {}): Record<string, string> => ({
  DOCKWORKER_READY: probe,
  ...more,
});
const run = (changes: ServiceChanges, config: Record<string, unknown> = {}): Promise<FinishedJob> =>
  runScript([ASK], { docker: config, payload: { services: [service(changes)] } });

describe('gates of services on the engine', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const probe of ['tcp:8080', 'http:8080/health', 'exec:test -s /w/health && pidof httpd', 'log:^ready to'])
    test(`${probe}: the script begins when it is true`, async () => {
      const { trace, failure } = await run({ variables: ready(probe) });
      assert.deepEqual([failure, trace.problems], [undefined, []]);
      if (!probe.startsWith('log')) assert.deepEqual(trace.printed(), ['answers']);
    });

  test('none: the script does not wait', async () => {
    await using image = await changedImage('busybox:latest', 'EXPOSE 8080');
    const { trace } = await run({ name: image.name, command: 'sleep 60', variables: ready('none') });
    assert.deepEqual([trace.printed(), trace.problems], [['silent'], []]);
  });

  for (const [probe, missing] of [
    ['tcp:81', /^no connection to [\d.]+, port 81, within 0\.4 s$/],
    ['http:8080/nothing', /^(?:status 404|no answer) from http:\/\/[\d.]+:8080\/nothing, within 0\.4 s$/],
    // a busy engine may not have answered yet
    ['exec:exit 3', /^"exit 3" (?:ended with exit code 3|has not ended), within 0\.4 s$/],
    ['log:never', /^no line of its log matches \/never\/, within 0\.4 s$/],
  ] as const)
    test(`${probe} that does not come true is a warning after its own time`, async () => {
      const { trace, failure } = await run({ variables: ready(probe, { DOCKWORKER_READY_TIMEOUT: '400ms' }) });
      assert.equal(failure, undefined);
      assert.match(trace.problems[0]?.cause ?? '', missing);
    });

  test('an explicit probe is waited for where the runner does not wait', async () => {
    const { trace } = await run({ variables: ready('tcp:8080') }, { wait_for_services_timeout: -1 });
    assert.deepEqual(trace.printed(), ['answers']);
  });

  test("the image's HEALTHCHECK tells when nothing is exposed, without waiting for its interval", async () => {
    await using image = await changedImage('busybox:latest', 'HEALTHCHECK --interval=60s CMD test -s /w/health');
    const begin = performance.now();
    const { trace } = await run({ name: image.name });
    assert.deepEqual([trace.printed().length, trace.problems], [1, []]);
    assert.ok(performance.now() - begin < 15_000);
  });

  test('a HEALTHCHECK of NONE is none', async () => {
    await using image = await changedImage('busybox:latest', 'HEALTHCHECK NONE');
    const { trace } = await run({ name: image.name, command: 'sleep 60' });
    assert.deepEqual([trace.printed(), trace.problems], [['silent'], []]);
  });

  test('an open port is enough, whatever the HEALTHCHECK says; healthcheck makes it count', async () => {
    await using image = await changedImage('busybox:latest', 'EXPOSE 8080', 'HEALTHCHECK CMD exit 5');
    const byPort = await run({ name: image.name });
    assert.deepEqual([byPort.trace.printed(), byPort.trace.problems], [['answers'], []]);
    const variables = ready('healthcheck', { DOCKWORKER_READY_TIMEOUT: '1500ms' });
    const byHealth = await run({ name: image.name, variables });
    const cause = byHealth.trace.problems[0]?.cause ?? '';
    assert.match(cause, /^its HEALTHCHECK (?:ended with exit code 5|has not ended), within 1\.5 s$/);
  });

  test('healthcheck without one is a mistake that is named at once', async () => {
    const { failure, reason } = await run({ variables: ready('healthcheck') });
    assert.equal(reason, 'runner_configuration_error');
    assert.match(String(failure), /image "busybox:latest" has no HEALTHCHECK/);
  });

  test('a HEALTHCHECK_TCP_PORT of the image that is no number ends the job at once', async () => {
    await using image = await changedImage('busybox:latest', 'ENV HEALTHCHECK_TCP_PORT=http');
    const { failure, reason } = await run({ name: image.name });
    assert.equal(reason, 'runner_configuration_error');
    assert.match(String(failure), /has HEALTHCHECK_TCP_PORT "http", which is no port number/);
  });
});

describe('services that the job needs', { skip: needsEngine(), concurrency: 2 }, () => {
  const REQUIRED = { DOCKWORKER_READY_REQUIRED: 'true' };

  test('one that is not ready in time fails the job with its last line', async () => {
    const variables = { ...ready('tcp:81', { DOCKWORKER_READY_TIMEOUT: '600ms' }), ...REQUIRED };
    const { failure, reason, trace } = await run({ command: 'echo waiting for the database; sleep 60', variables });
    assert.equal(reason, 'script_failure');
    assert.match(
      (failure as Error).message,
      /^service "busybox:latest" was not ready \(no connection to .*, within 0\.6 s\): waiting for the database$/,
    );
    assert.deepEqual([trace.problems.length, trace.outputs['step_script']], [1, undefined]);
  });

  test('one that ends before it is ready fails it at once', async () => {
    const begin = performance.now();
    const variables = ready('tcp:81', REQUIRED);
    const { failure, trace } = await run({ command: 'printf "\\033[31mno license\\033[0m\\n"; exit 9', variables });
    assert.equal((failure as Error).message, 'service "busybox:latest" ended with exit code 9: no license');
    assert.equal(trace.problems[0]?.when, 'start');
    assert.ok(performance.now() - begin < 10_000);
  });

  test('one that ends during the script ends the script; after_script runs', { timeout: 30_000 }, async () => {
    const command = 'while [ ! -e /builds/die ]; do sleep 0.1; done; echo disk full; exit 4';
    const after = { name: 'after_script', script: ['echo after $CI_JOB_STATUS'] };
    const script = ['touch /builds/die', 'sleep 60', 'echo never'];
    const { failure, reason, trace } = await runScript(script, {
      docker: { service_failure: 'fail' },
      payload: { services: [service({ command })], steps: [after] },
    });
    assert.equal(reason, 'script_failure');
    assert.equal((failure as Error).message, 'service "busybox:latest" ended with exit code 4: disk full');
    assert.deepEqual([trace.printed(), trace.printed('after_script')], [[], ['after failed']]);
    assert.equal(trace.problems[0]?.when, 'run');
  });

  test('one whose probe takes no part ends with 0: no alarm', async () => {
    const { failure, trace } = await runScript(['sleep 0.5', 'cat /builds/seed'], {
      docker: { service_failure: 'fail' },
      payload: { services: [service({ command: 'echo data > /builds/seed' })] },
    });
    assert.deepEqual([failure, trace.problems, trace.printed()], [undefined, [], ['data']]);
  });

  test('one that has said that it is done may end with 0', async () => {
    const variables = ready('log:^seeded$', REQUIRED);
    const { failure, trace } = await runScript(['cat /builds/seed'], {
      payload: { services: [service({ command: 'echo data > /builds/seed; echo seeded', variables })] },
    });
    assert.deepEqual([failure, trace.problems, trace.printed()], [undefined, [], ['data']]);
  });
});

describe('what is known of services when the script is over', { skip: needsEngine(), concurrency: 2 }, () => {
  test('one that died just before the script failed is in the log', async () => {
    const command = 'while [ ! -e /builds/die ]; do sleep 0.02; done; echo bye; exit 6';
    const script = ['touch /builds/die', 'sleep 0.5', 'exit 1'];
    const { trace, exitCode } = await runScript(script, { payload: { services: [service({ command })] } });
    assert.equal(exitCode, 1);
    assert.equal(trace.problems[0]?.cause, 'its container ended with exit code 6');
  });

  test('one that ran out of memory is said to have', { timeout: 30_000 }, async () => {
    const command = 'tail /dev/zero';
    const payload = { services: [service({ command, variables: ready('tcp:81') })] };
    const { trace } = await runScript(['true'], { docker: { service_memory: '16m' }, payload });
    assert.match(trace.problems[0]?.cause ?? '', /exit code \d+ because it ran out of memory \(service_memory\)$/);
  });
});

describe('CI_DEBUG_SERVICES', { skip: needsEngine(), concurrency: 2 }, () => {
  const payload = (value: string): object => ({
    services: [
      { ...service({ command: 'echo to stdout; echo to stderr >&2; touch /builds/said; sleep 60' }), alias: 'a b' },
    ],
    variables: [{ key: 'CI_DEBUG_SERVICES', value, public: true, masked: false, file: false, raw: false }],
  });

  test('true: both streams come while the job runs', { timeout: 30_000 }, async () => {
    await using job = new EngineJob({
      payload: {
        ...payload('true'),
        steps: [{ name: 'script', script: ['while [ ! -e /builds/go ]; do sleep 0.1; done'] }],
      },
    });
    const running = job.stages();
    await job.trace.says('to stdout');
    await job.trace.says('to stderr');
    assert.deepEqual(
      Object.keys(job.trace.outputs).filter((name) => name.startsWith('service:')),
      ['service:busybox-a-b'],
    );
    await job.trace.says('$ while');
    await docker('exec', job.buildName, 'touch', '/builds/go');
    assert.equal(await running, undefined);
  });

  for (const [value, changes] of [
    ['false', {}],
    ['true', { debug_trace_disabled: true }],
  ] as const)
    test(`${value}, ${JSON.stringify(changes)}: nothing comes`, async () => {
      const script = ['while [ ! -e /builds/said ]; do sleep 0.1; done'];
      const { trace } = await runScript(script, { runner: changes, payload: { ...payload(value) } });
      assert.ok(!Object.keys(trace.outputs).some((name) => name.startsWith('service:')));
    });
});
