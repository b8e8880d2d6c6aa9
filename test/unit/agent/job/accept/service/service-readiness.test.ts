import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serviceReadiness } from '../../../../../../agent/job/accept/service/service-readiness.ts';
import type { Readiness } from '../../../../../../agent/spec/readiness.ts';
import { accepted, variable } from '../../../../../support/job-fixture.ts';

const read = (...environment: string[]): Readiness => serviceReadiness(environment, 'db:1', 'warn');

describe('serviceReadiness: how', () => {
  const probes: Readonly<Record<string, Readiness['probe']>> = {
    'tcp:5432': { kind: 'tcp', port: 5432 },
    'http:8080': { kind: 'http', port: 8080, path: '/' },
    'http:8080/health?a=b': { kind: 'http', port: 8080, path: '/health?a=b' },
    'exec: pg_isready -U "me"': { kind: 'exec', command: 'pg_isready -U "me"' },
    'log:ready to (accept|serve)': { kind: 'log', pattern: 'ready to (accept|serve)' },
    healthcheck: { kind: 'healthcheck' },
    none: { kind: 'none' },
    '': { kind: 'image' },
  };
  for (const [text, probe] of Object.entries(probes))
    test(`DOCKWORKER_READY: "${text}"`, () => assert.deepEqual(read(`DOCKWORKER_READY=${text}`).probe, probe));

  test('HEALTHCHECK_TCP_PORT in any letter case; the last one counts', () => {
    assert.deepEqual(read('HEALTHCHECK_TCP_PORT=80', 'healthcheck_tcp_port=81').probe, { kind: 'tcp', port: 81 });
  });

  test('DOCKWORKER_READY wins over it', () => {
    assert.deepEqual(read('HEALTHCHECK_TCP_PORT=80', 'DOCKWORKER_READY=none').probe, { kind: 'none' });
  });

  test('nothing said: what the image says', () => {
    assert.deepEqual(read('OTHER=1'), { probe: { kind: 'image' }, timeoutMs: undefined, required: false });
  });
});

describe('serviceReadiness: how long, and whether the job needs it', () => {
  for (const [text, ms] of [
    ['90s', 90_000],
    ['2m', 120_000],
    ['45', 45_000],
    ['10000h', 2 ** 31 - 1],
  ] as const)
    test(`DOCKWORKER_READY_TIMEOUT: ${text}`, () =>
      assert.equal(read(`DOCKWORKER_READY_TIMEOUT=${text}`).timeoutMs, ms));

  test('DOCKWORKER_READY_REQUIRED is stronger than service_failure', () => {
    const required = (failure: string, ...environment: string[]): boolean =>
      serviceReadiness(environment, 'db:1', failure).required;
    assert.deepEqual(
      [
        required('warn'),
        required('fail'),
        required('warn', 'DOCKWORKER_READY_REQUIRED=true'),
        required('fail', 'DOCKWORKER_READY_REQUIRED=false'),
      ],
      [false, true, true, false],
    );
  });
});

describe('serviceReadiness: what cannot be used ends the job at once, by name', () => {
  for (const entry of [
    'HEALTHCHECK_TCP_PORT=http',
    'HEALTHCHECK_TCP_PORT=65536',
    'DOCKWORKER_READY=yes',
    'DOCKWORKER_READY=tcp:',
    'DOCKWORKER_READY=tcp:0',
    'DOCKWORKER_READY=http:80health',
    'DOCKWORKER_READY=http:80/a b',
    'DOCKWORKER_READY=log:(',
    `DOCKWORKER_READY=log:${'x'.repeat(1001)}`,
    'DOCKWORKER_READY=exec:',
    'DOCKWORKER_READY_TIMEOUT=soon',
    'DOCKWORKER_READY_TIMEOUT=0',
    'DOCKWORKER_READY_TIMEOUT=-5s',
    'DOCKWORKER_READY_REQUIRED=maybe',
  ]) {
    const [name = ''] = entry.split('=');
    test(entry.slice(0, 60), () => {
      const sentence = new RegExp(`^service "db:1": ${name} is "`);
      assert.throws(() => read(entry), { reason: 'runner_configuration_error', message: sentence });
    });
  }
});

describe('where it is said', () => {
  const readiness = (service: object, docker: object = {}, variables: object[] = []): Readiness | undefined =>
    accepted({ payload: { services: [{ name: 'redis:7', ...service }], variables }, docker: { ...docker } }).spec
      .services[0]?.readiness;

  test('in the variables of the service, where others are expanded', () => {
    const own = { variables: [{ key: 'DOCKWORKER_READY', value: 'tcp:$PORT' }] };
    assert.deepEqual(readiness(own, {}, [variable('PORT', '7000')])?.probe, { kind: 'tcp', port: 7000 });
  });

  test('in a public variable of the job, for all its services', () => {
    const all = [variable('DOCKWORKER_READY_REQUIRED', 'true', { public: true })];
    assert.equal(readiness({}, {}, all)?.required, true);
  });

  test('in the environment of a configured service', () => {
    const services = [{ name: 'redis:7', environment: ['DOCKWORKER_READY=log:Ready'] }];
    assert.deepEqual(accepted({ docker: { services } }).spec.services[0]?.readiness.probe, {
      kind: 'log',
      pattern: 'Ready',
    });
  });

  test('service_failure is warn or fail', () => {
    assert.equal(readiness({}, { service_failure: 'fail' })?.required, true);
    assert.throws(() => readiness({}, { service_failure: 'explode' }), { reason: 'runner_configuration_error' });
  });

  test('a network_pool that is no range is refused with it', () => {
    assert.throws(() => readiness({}, { network_pool: '10.0.0.0' }), {
      reason: 'runner_configuration_error',
      message: /^network_pool = "10\.0\.0\.0" in/,
    });
  });
});

describe('services_limit', () => {
  const count = (limit: number | undefined): number =>
    accepted({
      docker: { services: [{ name: 'redis:7' }], ...(limit === undefined ? {} : { services_limit: limit }) },
      payload: { services: [{ name: 'redis:7', alias: 'second' }] },
    }).spec.services.length;

  for (const limit of [undefined, -1, 2]) test(`${limit}: two are let in`, () => assert.equal(count(limit), 2));

  test('1: two are refused at once, with both numbers', () => {
    assert.throws(() => count(1), { reason: 'runner_system_failure', message: /2 services.* 1 \(services_limit\)/ });
  });
});
