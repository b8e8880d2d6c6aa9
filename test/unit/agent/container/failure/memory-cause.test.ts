import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryCause } from '../../../../../agent/container/failure/memory-cause.ts';

const MIB = 2 ** 20;
const usage = (peak: number | undefined, limit?: number) => ({
  memoryPeak: peak,
  memoryLimit: limit,
  oomKills: 1,
  cpuSeconds: undefined,
});

describe('memoryCause', () => {
  test('at the limit of the container', () =>
    assert.equal(
      memoryCause('the build container', usage(64 * MIB, 64 * MIB), undefined),
      'out of memory: the build container used 64 MiB of its limit of 64 MiB ("memory" in [runners.docker])',
    ));

  test('figures out of sight: the configured limit', () =>
    assert.equal(
      memoryCause('the build container', undefined, 1.5 * 2 ** 30),
      'out of memory: the build container used up its limit of 1.5 GiB ("memory" in [runners.docker])',
    ));

  test('well below the limit it was the host', () =>
    assert.match(
      memoryCause('it', usage(10 * MIB, 64 * MIB), undefined),
      /at 10 MiB, below its limit of 64 MiB: the host/,
    ));

  test('no limit: the host', () => {
    assert.match(memoryCause('it', usage(3 * 2 ** 30), undefined), /the host had none left .* \(it had 3 GiB\)$/);
    assert.match(memoryCause('it', undefined, undefined), /the host had none left .* no limit of its own$/);
  });
});
