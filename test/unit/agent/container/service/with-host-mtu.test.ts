import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withHostMtu } from '../../../../../agent/container/service/with-host-mtu.ts';
import type { ServiceSpec } from '../../../../../agent/spec/job-spec.ts';
import { fakeDocker } from '../../../../support/fake-docker-client.ts';
import { accepted } from '../../../../support/job-fixture.ts';

type Table = Readonly<Record<string, unknown>>;

function service(docker: Table = {}, changes: Table = {}): ServiceSpec {
  const { spec } = accepted({ payload: { services: [{ name: 'docker:dind', ...changes }] }, docker });
  return spec.services[0] ?? assert.fail('no service');
}

async function commandAt(mtu: number | undefined, asked: ServiceSpec): Promise<readonly string[] | undefined> {
  return (await withHostMtu(fakeDocker({ networkMtu: async () => mtu }), asked)).command;
}

describe('withHostMtu', () => {
  test('the small MTU of the host is handed on, beside other options', async () => {
    assert.deepEqual(await commandAt(1450, service()), ['--mtu=1450']);
    const registry_mirrors = [{ registry: 'docker.io', url: 'https://mirror.example.com' }];
    const expected = ['--registry-mirror=https://mirror.example.com', '--mtu=1450'];
    assert.deepEqual(await commandAt(1450, service({ registry_mirrors })), expected);
  });

  test('a usual or an unknown one is not', async () => {
    for (const mtu of [1500, 9000, undefined]) assert.equal(await commandAt(mtu, service()), undefined);
  });

  test('nobody is asked for other services, with network_mtu, or when the job says how the service is started', async () => {
    const nobody = fakeDocker({});
    for (const other of [
      service({}, { name: 'redis:7' }),
      service({ network_mtu: 1400 }),
      service({}, { command: ['--tls=false'] }),
    ])
      assert.deepEqual(await withHostMtu(nobody, other), other);
  });
});
