import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { advertise } from '../../../../coordinator-mock/command/advertise.ts';

describe('how containers reach the coordinator', () => {
  for (const [listen, bridge, expected] of [
    ['127.0.0.1', '172.17.0.1', { host: '172.17.0.1', alsoOn: ['172.17.0.1'] }],
    ['localhost', '172.17.0.1', { host: '172.17.0.1', alsoOn: ['172.17.0.1'] }],
    ['0.0.0.0', '172.17.0.1', { host: '172.17.0.1', alsoOn: [] }],
    ['127.0.0.1', undefined, { host: 'host.docker.internal', alsoOn: [] }],
    ['10.1.2.3', '172.17.0.1', { host: '10.1.2.3', alsoOn: [] }],
  ] as const) {
    test(`listening on ${listen}, bridge ${bridge}`, () => assert.deepEqual(advertise(listen, bridge), expected));
  }
});
