import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needsDockerImage } from '../support/docker-image.ts';
import { runScript, type FinishedJob } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';

const PLAIN = [
  variable('DOCKER_HOST', 'tcp://docker:2375', { public: true }),
  variable('DOCKER_TLS_CERTDIR', '', { public: true }),
];

const run = (script: readonly string[], service: object, docker: object): Promise<FinishedJob> =>
  runScript(script, {
    payload: {
      image: { name: 'docker:dind' },
      services: [{ name: 'docker:dind', alias: 'docker', ...service }],
      variables: PLAIN,
    },
    docker: { services_privileged: true, ...docker },
  });

describe('a Docker Engine in a service', { skip: needsDockerImage() }, () => {
  test('is told MTU and mirrors of the runner', async () => {
    const { failure, trace } = await run(
      [
        `docker network inspect bridge --format '{{index .Options "com.docker.network.driver.mtu"}}'`,
        `docker info --format '{{json .RegistryConfig.Mirrors}}'`,
      ],
      {},
      { network_mtu: 1400, registry_mirrors: [{ registry: 'docker.io', url: 'https://mirror.example.com' }] },
    );
    assert.equal(failure, undefined);
    assert.deepEqual(trace.printed(), ['1400', '["https://mirror.example.com/"]']);
  });

  test('answers as soon as the script runs, under its derived and its own names, started by a command of the job', async () => {
    const command = ['dockerd', '--host=tcp://0.0.0.0:2375', '--host=unix:///var/run/docker.sock', '--tls=false'];
    const { failure, job, trace } = await run(
      ['docker version --format up', 'DOCKER_HOST=tcp://engine:2375 docker version --format up'],
      { alias: 'engine', command },
      {},
    );
    assert.equal(failure, undefined);
    assert.deepEqual([trace.printed(), job.warnings], [['up', 'up'], []]);
  });

  test('is not waited for when the runner does not wait for services', async () => {
    const { failure, trace } = await run(
      ['docker version >/dev/null 2>&1 || echo not yet'],
      { command: ['sh', '-c', 'sleep 20; exec dockerd-entrypoint.sh'] },
      { wait_for_services_timeout: -1 },
    );
    assert.equal(failure, undefined);
    assert.deepEqual(trace.printed(), ['not yet']);
  });

  test('without privileges: a warning with the line to add, and the end of the service in the log', async () => {
    const { reason, job, trace } = await run(['docker version'], {}, { services_privileged: false });
    assert.equal(reason, 'script_failure');
    assert.match(
      job.warnings.join('\n'),
      /^Service "docker:dind" is not privileged, .* set services_privileged = true/,
    );
    assert.ok(trace.problems.length === 1, 'its end is told');
  });
});
