import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isImageId, parseImageRef, pullReference, serviceName } from '../../../../agent/images/image-ref.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseImageRef', () => {
  const valid: Readonly<Record<string, [name: string, tag?: string | undefined, digest?: string]>> = {
    busybox: ['busybox'],
    'busybox:1.36': ['busybox', '1.36'],
    'library/busybox': ['library/busybox'],
    'a/b/c/d:e': ['a/b/c/d', 'e'],
    'registry.example.com/x': ['registry.example.com/x'],
    'localhost/x': ['localhost/x'],
    'localhost:5000/x:1': ['localhost:5000/x', '1'],
    'REG.Example:443/ns/x:V1_2-3': ['REG.Example:443/ns/x', 'V1_2-3'],
    '10.0.0.1:5000/x': ['10.0.0.1:5000/x'],
    '[::1]:5000/x:1': ['[::1]:5000/x', '1'],
    'a_b/c__d/e-f/g--h/i.j': ['a_b/c__d/e-f/g--h/i.j'],
    [`busybox@${DIGEST}`]: ['busybox', undefined, DIGEST],
    [`reg:5000/ns/x:tag@${DIGEST}`]: ['reg:5000/ns/x', 'tag', DIGEST],
    'x:_start': ['x', '_start'],
    [`x:${'t'.repeat(128)}`]: ['x', 't'.repeat(128)],
  };
  for (const [text, [name, tag, digest]] of Object.entries(valid))
    test(text.slice(0, 60), () => assert.deepEqual(parseImageRef(text), { name, tag, digest }));

  const invalid = [
    '',
    ' ',
    'Busybox',
    'a/B',
    'busybox:',
    'busybox:-x',
    'busybox:.x',
    `x:${'t'.repeat(129)}`,
    '/busybox',
    'busybox/',
    'a//b',
    '-a',
    'a-',
    '_a',
    'a..b',
    'a___b',
    'a._b',
    'busybox@sha256:abc',
    `busybox@${DIGEST}g`,
    '@' + DIGEST,
    'http://reg/x',
    'reg:port/x',
    'a b',
    'a\nb',
    'busybox\n',
    '../../etc/passwd',
    '$IMAGE',
    'bücher',
    '--help',
    'x;id',
    'a\0b',
  ];
  for (const text of invalid)
    test(`${JSON.stringify(text).slice(0, 60)} is none`, () => assert.equal(parseImageRef(text), undefined));

  for (const [what, text] of [
    ['letters', 'a'.repeat(200_000)],
    ['separators', 'a-'.repeat(100_000)],
    ['dots', `${'a.'.repeat(100_000)}!`],
    ['slashes', `${'a/'.repeat(100_000)}!`],
  ] as const)
    test(`200 kB of ${what} are judged at once`, () => {
      const begin = performance.now();
      parseImageRef(text);
      assert.ok(performance.now() - begin < 500);
    });
});

describe('isImageId', () => {
  test('a whole id with or without its algorithm', () => {
    assert.ok(isImageId(DIGEST) && isImageId(DIGEST.slice(7)));
  });
  for (const text of ['busybox', DIGEST.slice(0, -1), `${DIGEST}0`, DIGEST.toUpperCase(), `x@${DIGEST}`, ''])
    test(`${text.slice(0, 20)}... (${text.length}) is none`, () => assert.equal(isImageId(text), false));
});

describe('pullReference', () => {
  for (const [text, expected] of [
    ['busybox', 'busybox:latest'],
    ['reg:5000/x', 'reg:5000/x:latest'],
    ['busybox:1', 'busybox:1'],
    [`busybox@${DIGEST}`, `busybox@${DIGEST}`],
  ] as const)
    test(text.slice(0, 30), () => assert.equal(pullReference(text), expected));
});

describe('serviceName', () => {
  for (const [text, expected] of [
    ['postgres:15', 'postgres'],
    ['tutum/wordpress:latest', 'tutum/wordpress'],
    ['domain.tld:8080/ns/service', 'domain.tld/ns/service'],
    [`service@${DIGEST}`, 'service'],
    ['reg:5000/a:1', 'reg/a'],
  ] as const)
    test(text.slice(0, 30), () => assert.equal(serviceName(text), expected));
});
