import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pickSubnets, type SubnetWish } from '../../../../../agent/container/network/pick-subnets.ts';
import { formatSubnet, overlap, parseSubnet, type Subnet } from '../../../../../agent/container/network/subnet.ts';

const subnet = (text: string): Subnet => {
  const parsed = parseSubnet(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
};
const picks = (changes: Partial<Omit<SubnetWish, 'pool'>> & { pool?: string } = {}): string[] => {
  const { pool = '172.30.0.0/16', ...rest } = changes;
  return [...pickSubnets({ taken: [], services: 1, seed: 'job', ...rest, pool: subnet(pool) })].map(formatSubnet);
};

describe('subnets', () => {
  for (const [given, read] of [
    ['172.30.0.0/16', '172.30.0.0/16'],
    ['172.30.1.2/16', '172.30.0.0/16'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['10.0.0.0/0', '0.0.0.0/0'],
  ] as const)
    test(`${given} is read as ${read}`, () => assert.equal(formatSubnet(subnet(given)), read));

  for (const text of ['', '172.30.0.0', '172.30.0/16', '172.30.0.256/16', '172.30.0.0/33', 'fd00::/64', 'engine'])
    test(`"${text}" is none`, () => assert.equal(parseSubnet(text), undefined));

  for (const [one, other, together] of [
    ['172.30.0.0/16', '172.30.255.192/26', true],
    ['172.30.255.192/26', '172.30.0.0/16', true],
    ['172.30.0.0/26', '172.30.0.64/26', false],
    ['192.168.0.0/16', '172.30.0.0/16', false],
  ] as const)
    test(`${one} and ${other}`, () => assert.equal(overlap(subnet(one), subnet(other)), together));
});

describe('pickSubnets', () => {
  test('all 1024 of the usual pool come once each, in another order for another job', () => {
    const all = picks();
    assert.deepEqual([all.length, new Set(all).size], [1024, 1024]);
    assert.ok(all.every((text) => text.endsWith('/26') && overlap(subnet(text), subnet('172.30.0.0/16'))));
    assert.notDeepEqual(picks({ seed: 'another' }), all);
    assert.deepEqual(picks(), all);
  });

  test('a hundred jobs at once rarely begin at the same one', () => {
    const first = Array.from({ length: 100 }, (_, index) => picks({ seed: `job ${index}` })[0]);
    assert.ok(new Set(first).size > 85, String(new Set(first).size));
  });

  test('what the host has a route to is left out', () => {
    const left = picks({ taken: [subnet('172.30.0.0/17'), subnet('172.30.128.64/26')] });
    assert.equal(left.length, 511);
    assert.ok(!left.some((text) => overlap(subnet(text), subnet('172.30.0.0/17'))));
  });

  test('a route to the whole pool leaves nothing', () => {
    assert.deepEqual(picks({ taken: [subnet('172.16.0.0/12')] }), []);
  });

  test('a job with many services gets more room', () => {
    assert.match(picks({ services: 48 })[0] ?? '', /\/26$/);
    assert.match(picks({ services: 49 })[0] ?? '', /\/25$/);
  });

  test('a pool that is smaller than the usual subnet is taken whole', () => {
    assert.deepEqual(picks({ pool: '10.9.8.0/28' }), ['10.9.8.0/28']);
  });
});
