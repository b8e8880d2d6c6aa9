import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buildContainerOptions,
  helperContainerOptions,
  serviceContainerOptions,
} from '../../../../../agent/container/options/create-options.ts';
import type { OptionContext } from '../../../../../agent/container/options/create-options.ts';
import { accepted, JOB_TOKEN, runnerConfig, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';

const IMAGE = { id: 'sha256:1', digest: 'sha256:2' };

type Options = Readonly<Record<string, unknown>>;
const context = (changes: JobChanges = {}, network?: string): OptionContext => ({
  spec: accepted(changes).spec,
  docker: runnerConfig(changes).docker,
  network,
});
const build = (changes: JobChanges = {}, network?: string): Options =>
  buildContainerOptions(context(changes, network), IMAGE);
const helper = (changes: JobChanges = {}, network?: string): Options =>
  helperContainerOptions(context(changes, network), IMAGE);
const service = (changes: JobChanges, network?: string): Options => {
  const given = context(changes, network);
  const [spec] = given.spec.services;
  assert.ok(spec !== undefined);
  return serviceContainerOptions(given, spec, IMAGE);
};
const TYPE = 'com.gitlab.gitlab-runner.type';
const labelsOf = (options: Options): Record<string, string> => options['Labels'] as Record<string, string>;
const hostConfigOf = (options: Options): Record<string, unknown> => options['HostConfig'] as Record<string, unknown>;
const REDIS = { services: [{ name: 'redis:7', alias: 'db' }] };

test('every container says which image it was made of, when a registry gave it', () => {
  for (const options of [build(), helper(), service({ payload: REDIS })])
    assert.equal(labelsOf(options)['dev.dockworker.image.digest'], 'sha256:2');
  const local = helperContainerOptions(context(), { ...IMAGE, digest: undefined });
  assert.ok(!('dev.dockworker.image.digest' in labelsOf(local)));
});

describe('the build container', () => {
  test('stdin, stdout and stderr are attached, no terminal', () => {
    const { OpenStdin, StdinOnce, AttachStdin, AttachStdout, AttachStderr, Tty, Image } = build();
    assert.deepEqual(
      { OpenStdin, StdinOnce, AttachStdin, AttachStdout, AttachStderr, Tty, Image },
      {
        OpenStdin: true,
        StdinOnce: true,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: false,
        Image: 'sha256:1',
      },
    );
  });

  test("the image's entrypoint stays unless the job has one", () => {
    assert.ok(!('Entrypoint' in build()));
    assert.deepEqual(build({ payload: { image: { name: 'x', entrypoint: [''] } } })['Entrypoint'], ['']);
  });

  test('user', () => {
    assert.ok(!('User' in build()));
    assert.equal(build({ docker: { user: 'app:app' } })['User'], 'app:app');
  });

  test('the shell detector finds bash before sh, unless the runner says sh', () => {
    const detector = (changes: JobChanges): string => (build(changes)['Cmd'] as string[])[2] ?? '';
    assert.match(detector({}), /\/bin\/bash[^]*\/bin\/sh[^]*\/busybox\/sh[^]*exec sh$/);
    assert.doesNotMatch(detector({ runner: { shell: 'sh' } }), /bash/);
  });

  test('job variables are in its environment', () => {
    const variables = [variable('A', '1'), variable('9LIVES', 'cat'), variable('NL', 'a\nb')];
    const entries = build({ payload: { variables } })['Env'] as string[];
    for (const entry of ['A=1', '9LIVES=cat', 'NL=a\nb']) assert.ok(entries.includes(entry));
  });

  test("what the kernel would refuse is left out: too long, NUL, and PATH that means the image's", () => {
    const variables = [
      variable('BIG', 'x'.repeat(131_072)),
      variable('NUL', 'a\0b'),
      variable('PATH', '$PATH:/x'),
      variable('', 'x'),
    ];
    const entries = build({ payload: { variables } })['Env'] as string[];
    assert.deepEqual(
      entries.filter((entry) => /^(BIG|NUL|PATH|)=/.test(entry)),
      [],
    );
  });

  test("host name: the job's, the runner's, or none where it is shared", () => {
    assert.equal(build()['Hostname'], 'runner-fixture12-project-7-concurrent-2');
    assert.equal(build({ docker: { hostname: 'ci' } })['Hostname'], 'ci');
    for (const network of ['host', 'container:x']) assert.ok(!('Hostname' in build({}, network)));
  });

  test('init only by its flag', () => {
    assert.equal(hostConfigOf(build())['Init'], undefined);
    const variables = [variable('FF_USE_INIT_WITH_DOCKER_EXECUTOR', 'true')];
    assert.equal(hostConfigOf(build({ payload: { variables } }))['Init'], true);
  });

  test('is known as build on a network with a name server', () => {
    const endpoint = { Aliases: ['build', 'runner-fixture12-project-7-concurrent-2'] };
    assert.deepEqual(build({}, 'net')['NetworkingConfig'], { EndpointsConfig: { net: endpoint } });
    for (const network of [undefined, 'bridge', 'default', 'host', 'none', 'container:x'])
      assert.ok(!('NetworkingConfig' in build({}, network)), String(network));
  });
});

describe('the helper container', () => {
  test('a resident shell as root', () => {
    const { Entrypoint, Cmd, User, OpenStdin } = helper({ docker: { user: 'app' } });
    assert.deepEqual(
      { Entrypoint, Cmd, User, OpenStdin },
      { Entrypoint: ['sh'], Cmd: [], User: '0:0', OpenStdin: true },
    );
  });

  test('no variable and no token is in its options', () => {
    const changes = { payload: { variables: [variable('SECRET', 's3cret'), variable('CI_JOB_TOKEN', JOB_TOKEN)] } };
    const text = JSON.stringify(helper(changes));
    assert.ok(!text.includes('s3cret') && !text.includes(JOB_TOKEN));
    assert.ok(!('Env' in helper(changes)));
  });

  test('the process namespace of the build is not its', () => {
    assert.equal(hostConfigOf(helper({ docker: { pid_mode: 'host' } }))['PidMode'], undefined);
  });
});

describe('a service container', () => {
  test('its own words', () => {
    const given = {
      name: 'redis:7',
      command: ['a', 'b'],
      entrypoint: ['/e'],
      executor_opts: { docker: { user: 'u' } },
    };
    const { Cmd, Entrypoint, User } = service({ payload: { services: [given] } });
    assert.deepEqual({ Cmd, Entrypoint, User }, { Cmd: ['a', 'b'], Entrypoint: ['/e'], User: 'u' });
    for (const key of ['Cmd', 'Entrypoint', 'User', 'OpenStdin']) assert.ok(!(key in service({ payload: REDIS })), key);
  });

  test('names on the network', () => {
    const endpoint = { Aliases: ['redis', 'db'] };
    assert.deepEqual(service({ payload: REDIS }, 'net')['NetworkingConfig'], { EndpointsConfig: { net: endpoint } });
  });

  test('the user of the build container is not its', () => {
    assert.ok(!('User' in service({ payload: REDIS, docker: { user: 'app' } })));
  });
});

describe('labels', () => {
  const changes = {
    payload: REDIS,
    docker: { container_labels: { team: 'x', 'com.gitlab.gitlab-runner.job.id': 'forged' } },
  };

  test("each kind says what it is, and the operator's are there", () => {
    const kinds = [build(changes), helper(changes), service(changes)].map(labelsOf);
    assert.deepEqual(
      kinds.map((labels) => labels[TYPE]),
      ['build', 'predefined', 'service'],
    );
    for (const labels of kinds)
      assert.deepEqual([labels['team'], labels['com.gitlab.gitlab-runner.job.id']], ['x', '4711']);
  });

  test('services carry them prefixed as well, and their name and version', () => {
    const labels = labelsOf(service(changes));
    const own = ['team', 'service', 'service.version'].map((key) => labels[`com.gitlab.gitlab-runner.${key}`]);
    assert.deepEqual(own, ['x', 'redis', '7']);
  });
});
