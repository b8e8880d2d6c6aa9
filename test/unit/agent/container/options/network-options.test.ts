import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buildEndpoint,
  helperEndpoint,
  serviceEndpoint,
} from '../../../../../agent/container/options/network-options.ts';
import { runnerConfig } from '../../../../support/job-fixture.ts';

const MAC = '02:42:ac:11:00:02';
const docker = (changes: Record<string, unknown> = {}) => runnerConfig({ docker: changes }).docker;
const joined = (network: string, endpoint: object): object => ({
  NetworkingConfig: { EndpointsConfig: { [network]: endpoint } },
});

describe('buildEndpoint', () => {
  test('names on networks that have a name server, nowhere else', () => {
    assert.deepEqual(buildEndpoint(docker(), 'ci', ['build', 'me']), joined('ci', { Aliases: ['build', 'me'] }));
    for (const network of [undefined, 'default', 'bridge', 'host', 'none', 'container:x'])
      assert.deepEqual(buildEndpoint(docker(), network, ['build']), {});
  });

  for (const [network, endpoint] of [
    [undefined, 'bridge'],
    ['bridge', 'bridge'],
  ] as const)
    test(`a MAC address on ${network}, for engines of every age`, () =>
      assert.deepEqual(buildEndpoint(docker({ mac_address: MAC }), network, []), {
        MacAddress: MAC,
        ...joined(endpoint, { MacAddress: MAC }),
      }));

  for (const network of ['host', 'none'])
    test(`on ${network} old engines are not asked for one`, () =>
      assert.deepEqual(buildEndpoint(docker({ mac_address: MAC }), network, []), joined(network, { MacAddress: MAC })));

  test('links where there are names', () => {
    const table = docker({ links: ['a:b'] });
    assert.deepEqual(buildEndpoint(table, 'ci', ['x']), joined('ci', { Aliases: ['x'], Links: ['a:b'] }));
    assert.deepEqual(buildEndpoint(table, undefined, ['x']), {});
  });
});

describe('the other containers', () => {
  test('the helper has links, and no MAC address: the build container has it', () => {
    assert.deepEqual(helperEndpoint(docker({ mac_address: MAC }), undefined), {});
    assert.deepEqual(
      helperEndpoint(docker({ mac_address: MAC, links: ['a:b'] }), 'ci'),
      joined('ci', { Aliases: [], Links: ['a:b'] }),
    );
  });

  test('services have their names', () => {
    assert.deepEqual(serviceEndpoint('ci', ['db']), joined('ci', { Aliases: ['db'] }));
    assert.deepEqual(serviceEndpoint('bridge', ['db']), {});
  });
});
