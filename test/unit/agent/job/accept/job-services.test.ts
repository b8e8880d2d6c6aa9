import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accepted, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';

const withServices = (services: unknown[], changes: JobChanges = {}) =>
  accepted({ ...changes, payload: { ...changes.payload, services } });
const service = (given: unknown, changes: JobChanges = {}) => {
  const spec = withServices([given], changes).spec.services[0];
  assert.ok(spec !== undefined);
  return spec;
};

describe('jobServices: derived aliases', () => {
  const table: Readonly<Record<string, [aliases: string[], suffix: string, version: string]>> = {
    'postgres:15': [['postgres'], 'postgres-0', '15'],
    redis: [['redis'], 'redis-0', 'latest'],
    'tutum/wordpress:latest': [['tutum__wordpress', 'tutum-wordpress'], 'tutum__wordpress-0', 'latest'],
    'registry.gitlab.com/group/img:1': [
      ['registry.gitlab.com__group__img', 'registry.gitlab.com-group-img'],
      'registry.gitlab.com__group__img-0',
      '1',
    ],
    'domain.tld:8080/ns/service': [
      ['domain.tld__ns__service', 'domain.tld-ns-service'],
      'domain.tld__ns__service-0',
      'latest',
    ],
    [`service@sha256:${'0'.repeat(64)}`]: [['service'], 'service-0', `sha256:${'0'.repeat(64)}`],
  };
  for (const [name, [aliases, suffix, version]] of Object.entries(table))
    test(name, () => {
      const spec = service({ name });
      assert.deepEqual(spec.aliases, aliases);
      assert.equal(spec.nameSuffix, suffix);
      assert.equal(spec.labels['com.gitlab.gitlab-runner.service.version'], version);
    });
});

describe('jobServices: aliases', () => {
  test('explicit ones are split by commas and blanks and come on top', () => {
    assert.deepEqual(service({ name: 'redis:7', alias: 'db,cache  kv\n,x' }).aliases, [
      'redis',
      'db',
      'cache',
      'kv',
      'x',
    ]);
  });

  test('name and alias are expanded, words of command and entrypoint are not', () => {
    const variables = [variable('V', '7'), variable('N', 'db')];
    const spec = service(
      { name: 'redis:$V', alias: '$N', command: ['$N'], entrypoint: ['$N'] },
      { payload: { variables } },
    );
    assert.deepEqual(
      [spec.image.reference, spec.aliases, spec.command, spec.image.entrypoint],
      ['redis:7', ['redis', 'db'], ['$N'], ['$N']],
    );
  });

  test('an alias in use stays with the first service; the other is still started, and its author told', () => {
    const { spec, warnings } = withServices([{ name: 'redis:7' }, { name: 'redis:6' }, { name: 'pg', alias: 'redis' }]);
    assert.deepEqual(
      spec.services.map(({ aliases, nameSuffix }) => [nameSuffix, aliases]),
      [
        ['redis-0', ['redis']],
        ['redis-1', []],
        ['pg-2', ['pg']],
      ],
    );
    assert.deepEqual(warnings, [
      'Skipping alias "redis" for service "redis:6" (services[1]): alias is already in use by another service.',
      'Skipping alias "redis" for service "pg" (services[2]): alias is already in use by another service.',
    ]);
  });

  test('one service that says its own name twice collides with nobody', () => {
    const { spec, warnings } = withServices([{ name: 'redis:7', alias: 'redis redis' }]);
    assert.deepEqual(spec.services[0]?.aliases, ['redis']);
    assert.deepEqual(warnings, []);
  });
});

describe('jobServices: which', () => {
  test('those of the configuration first, and counted on', () => {
    const docker = { services: [{ name: 'pg:$V', alias: 'sql', environment: ['A=$V'], command: ['x'] }] };
    const { spec } = withServices([{ name: 'redis:7' }], { docker, payload: { variables: [variable('V', '15')] } });
    assert.deepEqual(
      spec.services.map(({ nameSuffix }) => nameSuffix),
      ['pg-0', 'redis-1'],
    );
    assert.equal(spec.services[0]?.image.reference, 'pg:15');
    assert.deepEqual(spec.services[0]?.aliases, ['pg', 'sql']);
    assert.deepEqual(spec.services[0]?.command, ['x']);
    assert.ok(spec.services[0]?.environment.includes('A=15'));
    assert.ok(!spec.services[1]?.environment.includes('A=15'));
  });

  test('a service without name and alias is none', () => {
    assert.deepEqual(withServices([{ name: '$UNDEFINED' }]).spec.services, []);
  });

  for (const [name, alias] of [
    ['', 'db'],
    ['Not Valid', undefined],
    ['UPPER', undefined],
    ['redis:bad tag', undefined],
    ['-v/etc:/x', undefined],
    ['$HOSTILE', undefined],
  ] as const)
    test(`${JSON.stringify(name)} is refused with its place`, () => {
      const payload = { variables: [variable('HOSTILE', '../../etc/passwd')] };
      assert.throws(() => withServices([{ name: 'redis' }, { name, alias }], { payload }), {
        name: 'JobFailure',
        reason: 'runner_configuration_error',
        message: /^services\[1\]: ".*" is not an image reference$/s,
      });
    });

  test('empty lists of command and entrypoint leave the image as it is', () => {
    const spec = service({ name: 'redis', command: [], entrypoint: [] });
    assert.deepEqual([spec.command, spec.image.entrypoint], [undefined, undefined]);
  });
});

describe('jobServices: variables', () => {
  const variables = [variable('OPEN', 'o', { public: true }), variable('SECRET', 's3cret')];

  test('public ones only; a private one by reference', () => {
    const own = [{ key: 'OWN', value: '$SECRET/$OPEN' }];
    const { environment } = service({ name: 'redis', variables: own }, { payload: { variables } });
    assert.ok(environment.includes('OPEN=o') && environment.includes('OWN=s3cret/o'));
    assert.ok(!environment.some((entry) => entry.startsWith('SECRET=')));
  });

  test('its own come last, so that they win', () => {
    const own = [{ key: 'OPEN', value: 'mine' }];
    const { environment } = service({ name: 'redis', variables: own }, { payload: { variables } });
    assert.equal(environment.at(-1), 'OPEN=mine');
  });
});

describe('jobServices: the network', () => {
  const ownNetwork = (changes: JobChanges): boolean => accepted(changes).spec.ownNetwork;
  const services = [{ name: 'redis' }];
  const perBuild = [variable('FF_NETWORK_PER_BUILD', 'true')];

  test('a job with services has a network of its own', () => assert.equal(ownNetwork({ payload: { services } }), true));
  test('a job without has none', () => assert.equal(ownNetwork({}), false));
  test('unless it asks', () => assert.equal(ownNetwork({ payload: { variables: perBuild } }), true));
  test('network_mode wins, and no variable names a network that does not exist', () => {
    const { spec } = accepted({ payload: { services, variables: perBuild }, docker: { network_mode: 'bridge' } });
    assert.equal(spec.ownNetwork, false);
    assert.equal(
      spec.environment.find(({ key }) => key === 'CI_BUILD_NETWORK_NAME'),
      undefined,
    );
  });
  test('its name is told to the job', () => {
    const { spec } = accepted({ payload: { services } });
    assert.equal(spec.networkName, 'runner-Fixture12-7-2-4711');
    const told = spec.environment.find(({ key }) => key === 'CI_BUILD_NETWORK_NAME');
    assert.equal(told?.value, spec.networkName);
  });
});
