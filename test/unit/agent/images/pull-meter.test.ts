import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PullMeter } from '../../../../agent/images/pull-meter.ts';

const A = 'aaaaaaaaaaaa';
const B = 'bbbbbbbbbbbb';

describe('PullMeter', () => {
  test('nothing in the first second, then at most one line per second', () => {
    const meter = new PullMeter(0);
    assert.equal(meter.note({ id: A, status: 'Downloading', current: 1e6, total: 4e6 }, 999), undefined);
    assert.equal(
      meter.note({ id: B, status: 'Downloading', current: 0, total: 2e6 }, 1000),
      '0 of 2 layers, 1.0 of 6.0 MB',
    );
    assert.equal(meter.note({ id: A, status: 'Download complete' }, 1999), undefined);
    assert.equal(meter.note({ id: B, status: 'Already exists' }, 2000), '2 of 2 layers, 6.0 of 6.0 MB');
  });

  test('a pull of ten minutes is no flood', () => {
    const meter = new PullMeter(0);
    let lines = 0;
    for (let now = 0; now < 600_000; now += 50)
      if (meter.note({ id: A, status: 'Downloading', current: now, total: 600_000 }, now) !== undefined) lines += 1;
    assert.ok(lines > 100 && lines < 150, String(lines));
  });

  test('only layers count, and a pull without a download has no summary', () => {
    const meter = new PullMeter(0);
    meter.note({ id: 'latest', status: 'Pulling from library/busybox' }, 10);
    meter.note({ id: A, status: 'Already exists' }, 20);
    assert.equal(meter.summary(30), undefined);
    meter.note({ id: B, status: 'Downloading', current: 5, total: 12_300_000 }, 40);
    meter.note({ id: B, status: 'Pull complete' }, 50);
    assert.equal(meter.summary(2500), '2 layers, 12.3 MB in 2.5 s');
  });
});
