import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { describe, test } from 'node:test';
import { findBridgeAddress, hostOnBridge } from '../../../../coordinator-mock/command/find-bridge-address.ts';

const routes = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask',
  'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000',
  'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF',
].join('\n');

describe('the bridge of the engine', () => {
  test('its network is read from the route table', () => assert.equal(hostOnBridge(routes), '172.17.0.2'));

  test('no bridge, no address', () => assert.equal(hostOnBridge(routes.replace('docker0', 'br0')), undefined));

  test('an address is found or there is none', async () => {
    const address = await findBridgeAddress();
    assert.ok(address === undefined || isIPv4(address));
  });
});
