import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gpuRequests } from '../../../../../agent/container/options/gpu-requests.ts';

const USUAL = { Driver: '', Count: 0, DeviceIDs: [], Capabilities: [['gpu']], Options: {} };

describe('gpuRequests', () => {
  test('nothing said is nothing asked for', () => assert.equal(gpuRequests('gpus', undefined), undefined));

  for (const [text, expected] of [
    ['all', { Count: -1 }],
    ['2', { Count: 2 }],
    ['count=all', { Count: -1 }],
    ['device=0', { DeviceIDs: ['0'] }],
    ['"device=0,GPU-3a23"', { DeviceIDs: ['0', 'GPU-3a23'] }],
    ['driver=nvidia', { Driver: 'nvidia', Count: 1 }],
    ['all,"capabilities=compute,utility"', { Count: -1, Capabilities: [['compute', 'utility', 'gpu']] }],
    ['count=2,driver=nvidia,"options=a=1,b=x=y"', { Count: 2, Driver: 'nvidia', Options: { a: '1', b: 'x=y' } }],
  ] as const)
    test(text, () => assert.deepEqual(gpuRequests('gpus', text), [{ ...USUAL, ...expected }]));
});
