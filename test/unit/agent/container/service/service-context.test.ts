import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serviceContext } from '../../../../../agent/container/service/service-context.ts';
import { accepted, runnerConfig } from '../../../../support/job-fixture.ts';

const docker = runnerConfig({ docker: { extra_hosts: ['a:1.2.3.4'] } }).docker;
const { spec } = accepted({
  payload: {
    services: [
      { name: 'redis:7', alias: 'db' },
      { name: 'team/web:1', alias: 'odd:name' },
    ],
  },
});

describe('serviceContext', () => {
  test('with fixed addresses a service knows the others, not itself', () => {
    const network = { name: 'n', serviceAddresses: ['10.0.0.2', '10.0.0.3'] };
    const first = serviceContext({ spec, docker }, network, 0);
    const second = serviceContext({ spec, docker }, network, 1);
    assert.deepEqual([first.network, first.address, second.address], ['n', '10.0.0.2', '10.0.0.3']);
    assert.deepEqual(first.docker.extra_hosts, ['a:1.2.3.4', 'team__web:10.0.0.3', 'team-web:10.0.0.3']);
    assert.deepEqual(second.docker.extra_hosts, ['a:1.2.3.4', 'redis:10.0.0.2', 'db:10.0.0.2']);
  });

  test('without them nothing is added', () => {
    assert.deepEqual(serviceContext({ spec, docker }, { name: undefined, serviceAddresses: [] }, 0), {
      spec,
      docker,
      network: undefined,
    });
  });
});
