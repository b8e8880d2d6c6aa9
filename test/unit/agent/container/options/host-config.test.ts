import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buildHostConfig,
  commonHostConfig,
  serviceHostConfig,
} from '../../../../../agent/container/options/host-config.ts';
import { runnerConfig } from '../../../../support/job-fixture.ts';

const docker = (changes: Record<string, unknown> = {}) => runnerConfig({ docker: changes }).docker;
const given = (config: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));

describe('commonHostConfig', () => {
  test('nothing said', () => {
    assert.deepEqual(given(commonHostConfig(docker(), [], undefined)), {
      Binds: [],
      Mounts: [],
      Dns: [],
      DnsSearch: [],
      ExtraHosts: [],
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: {} },
    });
  });

  test('mounts and volumes', () => {
    const config = commonHostConfig(
      docker(),
      [
        { kind: 'bind', text: '/srv:/data:ro', destination: '/data' },
        { kind: 'managed', name: 'v', destination: '/cache', reusable: true, labels: { a: 'b' } },
      ],
      'net',
    );
    assert.deepEqual([config['Binds'], config['NetworkMode']], [['/srv:/data:ro'], 'net']);
    assert.deepEqual(config['Mounts'], [
      { Type: 'volume', Source: 'v', Target: '/cache', VolumeOptions: { Labels: { a: 'b' } } },
    ]);
  });

  test("the operator's words", () => {
    const config = commonHostConfig(
      docker({
        dns: ['1.1.1.1'],
        extra_hosts: ['a:1.2.3.4'],
        shm_size: 1000,
        log_options: { labels: 'x' },
        runtime: 'r',
      }),
      [],
      undefined,
    );
    assert.deepEqual(
      [config['Dns'], config['ExtraHosts'], config['ShmSize'], config['LogConfig'], config['Runtime']],
      [['1.1.1.1'], ['a:1.2.3.4'], 1000, { Type: 'json-file', Config: { labels: 'x' } }, 'r'],
    );
  });
});

describe('resources', () => {
  test('sizes and CPUs', () => {
    const config = buildHostConfig(
      docker({ memory: '512m', memory_swap: '-1', memory_reservation: '1g', cpus: '1.5' }),
      'busybox',
    );
    assert.deepEqual(
      [config['Memory'], config['MemorySwap'], config['MemoryReservation'], config['NanoCpus']],
      [512 * 2 ** 20, -1, 2 ** 30, 1_500_000_000],
    );
  });

  for (const [key, value, reason] of [
    ['memory', 'lots', 'runner_configuration_error'],
    ['memory_swap', '5 apples', 'runner_configuration_error'],
    ['memory_reservation', '-2', 'runner_configuration_error'],
    ['cpus', 'many', 'runner_system_failure'],
    ['cpus', '-1', 'runner_system_failure'],
  ] as const)
    test(`${key} = "${value}" fails the job by name, not the agent`, () =>
      assert.throws(() => buildHostConfig(docker({ [key]: value }), 'busybox'), {
        name: 'JobFailure',
        reason,
        message: new RegExp(`^${key} = "${value}"`),
      }));

  test('services have their own', () => {
    const table = docker({
      memory: '512m',
      cpus: '4',
      service_memory: '64m',
      service_cpus: '0.5',
      service_cpu_shares: 10,
    });
    const config = serviceHostConfig(table, 'busybox');
    assert.deepEqual([config['Memory'], config['NanoCpus'], config['CpuShares']], [64 * 2 ** 20, 500_000_000, 10]);
  });
});

describe('privileges', () => {
  test('services follow unless they are told otherwise', () => {
    assert.equal(serviceHostConfig(docker({ privileged: true }), 'busybox')['Privileged'], true);
    assert.equal(
      serviceHostConfig(docker({ privileged: true, services_privileged: false }), 'busybox')['Privileged'],
      false,
    );
    assert.equal(serviceHostConfig(docker({ services_privileged: true }), 'busybox')['Privileged'], true);
    assert.equal(buildHostConfig(docker({ services_privileged: true }), 'busybox')['Privileged'], false);
  });

  test("capabilities and namespaces are the build's alone", () => {
    const table = docker({ cap_add: ['SYS_PTRACE'], pid_mode: 'host', ipcmode: 'host', tmpfs: { '/t': 'rw' } });
    const build = buildHostConfig(table, 'busybox');
    assert.deepEqual(
      [build['CapAdd'], build['PidMode'], build['IpcMode'], build['Tmpfs']],
      [['CAP_SYS_PTRACE'], 'host', 'host', { '/t': 'rw' }],
    );
    const service = given(serviceHostConfig(table, 'busybox'));
    for (const key of ['CapAdd', 'PidMode', 'IpcMode']) assert.ok(!(key in service), key);
    assert.deepEqual(service['Tmpfs'], {});
  });
});
