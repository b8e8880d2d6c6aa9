import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServiceSpec } from '../../../../../../agent/spec/job-spec.ts';
import type { AcceptedJob } from '../../../../../../agent/job/accept/accept-job.ts';
import { accepted, variable } from '../../../../../support/job-fixture.ts';

type Variables = Readonly<Record<string, string>>;
type Table = Readonly<Record<string, unknown>>;

/** As documented: privileged, the client's certificate shared, TLS. */
const DOCUMENTED = { services_privileged: true, volumes: ['/certs/client', '/cache'] };
const TLS = { DOCKER_HOST: 'tcp://docker:2376', DOCKER_TLS_CERTDIR: '/certs' };
const PLAIN = { DOCKER_HOST: 'tcp://docker:2375', DOCKER_TLS_CERTDIR: '' };

function job(service: string | Table, variables: Variables = TLS, docker: Table = DOCUMENTED): AcceptedJob {
  const services = [typeof service === 'string' ? { name: service, alias: 'docker' } : { alias: 'docker', ...service }];
  const given = Object.entries(variables).map(([key, value]) => variable(key, value, { public: true }));
  return accepted({ payload: { services, variables: given }, docker });
}

const only = ({ spec }: AcceptedJob): ServiceSpec => spec.services[0] ?? assert.fail('no service');

describe('which services are Docker Engines', () => {
  const daemons: (string | Table)[] = [
    'docker:dind',
    'docker:28-dind',
    'docker:28.5.1-dind-rootless',
    'registry.example.com:5000/hub/library/docker:dind-alpine',
    'dind:local',
    'group/my-dind:1',
    { name: 'busybox', command: ['dockerd', '--tls=false'] },
    { name: 'busybox', entrypoint: ['/usr/local/bin/dockerd-entrypoint.sh'] },
  ];
  for (const service of daemons)
    test(`${JSON.stringify(service)} is one`, () => {
      assert.deepEqual(only(job(service)).readiness.probe, { kind: 'daemon', ports: [2376, 2375] });
    });

  for (const service of ['docker:28', 'docker', 'redis:7', 'sounddindle:1', 'docker/compose:1.29', 'dind/redis:7'])
    test(`${service} is none`, () => {
      const { readiness, command } = only(job(service, TLS, { ...DOCUMENTED, network_mtu: 1400 }));
      assert.deepEqual([readiness.probe, command], [{ kind: 'image' }, undefined]);
    });

  test('the port that its command names counts', () => {
    const command = ['dockerd', '--host', 'tcp://0.0.0.0:4243', '-H=tcp://:70000', '-H', 'unix:///var/run/docker.sock'];
    assert.deepEqual(only(job({ name: 'docker:dind', command })).readiness.probe, { kind: 'daemon', ports: [4243] });
  });

  const probeWith = (key: string, value: string): unknown =>
    only(job({ name: 'docker:dind', variables: [variable(key, value)] })).readiness.probe;

  test('of the ports that HEALTHCHECK_TCP_PORT can name, one of the daemon has to answer', () => {
    assert.deepEqual(probeWith('HEALTHCHECK_TCP_PORT', '2375'), { kind: 'daemon', ports: [2375] });
    assert.deepEqual(probeWith('HEALTHCHECK_TCP_PORT', '8080'), { kind: 'tcp', port: 8080 });
  });

  test('what the service says about its readiness counts more', () => {
    assert.deepEqual(probeWith('DOCKWORKER_READY', 'none'), { kind: 'none' });
    assert.deepEqual(probeWith('DOCKWORKER_READY', 'log:API listen'), { kind: 'log', pattern: 'API listen' });
  });
});

describe('what a Docker Engine of the job is told', () => {
  const mirror = (url: string, registry = 'docker.io'): Table => ({ registry, url });
  const commandOf = (docker: Table, service: string | Table = 'docker:28-dind'): readonly string[] | undefined =>
    only(job(service, TLS, { ...DOCUMENTED, ...docker })).command;

  test('nothing, as a rule', () => assert.equal(commandOf({}), undefined));

  test('the MTU of the job network', () => assert.deepEqual(commandOf({ network_mtu: 1400 }), ['--mtu=1400']));

  test('mirrors of docker.io that it can use', () => {
    const registry_mirrors = [
      mirror('https://mirror.example.com'),
      mirror('http://10.0.0.5:5000/', 'index.docker.io'),
      mirror('https://mirror.example.com/hub'),
      mirror('https://user:secret@mirror.example.com'),
      mirror('http://127.0.0.1:5000'),
      mirror('http://localhost:5000'),
      mirror('https://mirror.example.com', 'quay.io'),
    ];
    const expected = ['--registry-mirror=https://mirror.example.com', '--registry-mirror=http://10.0.0.5:5000'];
    assert.deepEqual(commandOf({ registry_mirrors }), expected);
  });

  test('nothing when the job says with what it is started, or the image is another', () => {
    const docker = { network_mtu: 1400 };
    assert.deepEqual(commandOf(docker, { name: 'docker:dind', command: ['--tls=false'] }), ['--tls=false']);
    assert.equal(commandOf(docker, { name: 'docker:dind', entrypoint: ['dockerd'] }), undefined);
    assert.equal(commandOf(docker, 'group/my-dind:1'), undefined);
  });
});

describe('warnings', () => {
  const warningsOf = (...args: Parameters<typeof job>): readonly string[] => job(...args).warnings;

  test('none for the documented set-up, with TLS and without', () => {
    assert.deepEqual(warningsOf('docker:28-dind'), []);
    assert.deepEqual(warningsOf('docker:28-dind', PLAIN), []);
    assert.deepEqual(warningsOf('docker:18.09-dind', { DOCKER_HOST: 'tcp://docker:2375' }), []);
    const custom = { name: 'docker:28-dind', command: ['dockerd', '-H', 'tcp://0.0.0.0:2375', '--tls=false'] };
    assert.deepEqual(warningsOf(custom, { DOCKER_HOST: 'tcp://docker:2375' }), []);
    assert.deepEqual(warningsOf('docker:28-dind', {}, { ...DOCUMENTED, volumes: ['/srv/certs:/certs'] }), []);
  });

  const cases: readonly [what: string, args: Parameters<typeof job>, sentence: RegExp][] = [
    [
      'not privileged',
      ['docker:dind', TLS, { volumes: ['/certs/client'] }],
      /^Service "docker:dind" is not privileged, .* set services_privileged = true \(or privileged = true\) in \[runners\.docker\]$/,
    ],
    [
      'privileged, but not this image',
      ['docker:dind', TLS, { ...DOCUMENTED, allowed_privileged_services: ['other:*'] }],
      /^Service "docker:dind" is not privileged, .* allow it in allowed_privileged_services in \[runners\.docker\]$/,
    ],
    [
      'certificates that the job cannot see',
      ['docker:28-dind', TLS, { services_privileged: true, volumes: ['/cache'] }],
      /^The job cannot see the client certificate of service "docker:28-dind": add "\/certs\/client" to volumes in \[runners\.docker\]$/,
    ],
    [
      'certificates by default',
      ['docker:dind', {}, { services_privileged: true }],
      /^The job cannot see the client certificate/,
    ],
    [
      'the port without TLS',
      ['docker:28-dind', { DOCKER_HOST: 'tcp://docker:2375' }],
      /^DOCKER_HOST names port 2375, but service "docker:28-dind" listens on 2376 with TLS: set DOCKER_HOST: tcp:\/\/docker:2376/,
    ],
    [
      'the port with TLS',
      ['docker:28-dind', { DOCKER_HOST: 'tcp://docker:2376', DOCKER_TLS_CERTDIR: '' }],
      /^DOCKER_HOST names port 2376, but service "docker:28-dind" listens on 2375 without TLS/,
    ],
    [
      'a name that nobody has',
      [{ name: 'registry.example.com/hub/docker:dind', alias: '' }, TLS],
      /^DOCKER_HOST names "docker", but no service has this name: add "alias: docker" to service "registry\.example\.com\/hub\/docker:dind"$/,
    ],
  ];
  for (const [what, args, sentence] of cases)
    test(what, () => {
      const warnings = warningsOf(...args);
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings[0] ?? '', sentence);
    });

  test('none about privileges when another runtime may do without, none about names that the runner knows', () => {
    assert.deepEqual(warningsOf('docker:dind', TLS, { volumes: ['/certs/client'], runtime: 'sysbox-runc' }), []);
    const service = { name: 'docker:dind', alias: 'engine' };
    const host = { ...TLS, DOCKER_HOST: 'tcp://builder:2376' };
    assert.deepEqual(warningsOf(service, host, { ...DOCUMENTED, extra_hosts: ['builder:10.0.0.9'] }), []);
    assert.deepEqual(warningsOf(service, host, { ...DOCUMENTED, network_mode: 'shared' }), []);
    assert.deepEqual(warningsOf(service, { ...TLS, DOCKER_HOST: 'tcp://10.0.0.9:2376' }), []);
  });
});
