import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenge } from '../../../../../agent/images/registry/parse-challenge.ts';
import { retryAfterMs } from '../../../../../agent/images/registry/retry-after.ts';

const bearer = { scheme: 'bearer', realm: 'https://auth.example.com/token', service: 'registry' };

for (const [header, expected] of [
  ['Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a:pull"', bearer],
  ['bearer Realm="https://auth.example.com/token" , service=registry', bearer],
  ['Basic realm="a, b", Bearer realm="https://auth.example.com/token",service="registry"', bearer],
  ['Bearer realm="https://auth.example.com/token",service="registry", Basic realm="x"', bearer],
  [
    'Bearer realm="https://a.example.com/\\"q\\""',
    { scheme: 'bearer', realm: 'https://a.example.com/"q"', service: undefined },
  ],
  ['Basic realm="Registry"', { scheme: 'basic' }],
  ['Basic', { scheme: 'basic' }],
  ['Negotiate, Basic realm="x"', { scheme: 'basic' }],
  ['Bearer service="registry"', undefined],
  ['Negotiate', undefined],
  ['"', undefined],
  ['', undefined],
  [undefined, undefined],
] as const) {
  test(`${header ?? 'no header'} asks for ${expected?.scheme ?? 'nothing that can be met'}`, () => {
    assert.deepEqual(parseChallenge(header), expected);
  });
}

test('Retry-After is in seconds or a date, and one hour at most', () => {
  const wallClock = (): number => Date.parse('2026-01-01T00:00:00Z');
  assert.equal(retryAfterMs('20', wallClock), 20_000);
  assert.equal(retryAfterMs('0', wallClock), 0);
  assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:07 GMT', wallClock), 7000);
  assert.equal(retryAfterMs('Thu, 01 Jan 2015 00:00:07 GMT', wallClock), 0);
  assert.equal(retryAfterMs('999999', wallClock), 3_600_000);
  assert.equal(retryAfterMs('soon', wallClock), undefined);
  assert.equal(retryAfterMs(undefined, wallClock), undefined);
});
