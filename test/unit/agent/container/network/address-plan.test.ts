import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressPlan } from '../../../../../agent/container/network/address-plan.ts';
import { parseSubnet, type Subnet } from '../../../../../agent/container/network/subnet.ts';

const subnet = (text: string): Subnet => parseSubnet(text) ?? assert.fail(text);

describe('addressPlan', () => {
  test('services have the first addresses after the gateway, the engine has the upper half', () => {
    assert.deepEqual(addressPlan(subnet('172.30.7.192/26'), 3), {
      ipam: { Subnet: '172.30.7.192/26', Gateway: '172.30.7.193', IPRange: '172.30.7.224/27' },
      services: ['172.30.7.194', '172.30.7.195', '172.30.7.196'],
    });
  });

  for (const count of [0, 1, 31])
    test(`${count} services: the engine chooses`, () => {
      assert.deepEqual(addressPlan(subnet('172.30.7.192/26'), count), {
        ipam: { Subnet: '172.30.7.192/26' },
        services: [],
      });
    });

  test('as many as fit into the lower half', () => {
    assert.equal(addressPlan(subnet('172.30.7.192/26'), 30).services.at(-1), '172.30.7.223');
  });
});
