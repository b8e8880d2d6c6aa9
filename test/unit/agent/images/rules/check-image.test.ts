import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkImage, type ImageRules } from '../../../../../agent/images/rules/check-image.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;

const rules = (allowed: readonly string[], changes: Partial<ImageRules> = {}): ImageRules => ({
  purpose: 'images',
  allowed,
  configured: [],
  requireDigest: [],
  ...changes,
});

function passes(reference: string, given: ImageRules): boolean {
  try {
    checkImage(reference, given);
    return true;
  } catch (error) {
    assert.equal(Reflect.get(error as object, 'reason'), 'runner_system_failure');
    return false;
  }
}

const table: readonly (readonly [glob: string, reference: string, allowed: boolean])[] = [
  ['*', 'alpine', true],
  ['*', 'team/app', false],
  ['**', 'reg.example:5000/a/b:1', true],
  ['ruby:*', 'ruby:3', true],
  ['ruby:*', 'ruby', false],
  ['cc-priv/*:1', 'cc-priv/one:1', true],
  ['cc-priv/*:1', 'cc-priv/one', false],
  ['cc-priv/*:1', 'cc-priv/sub/one:1', false],
  ['cc-{entry,named}:*', 'cc-named:1', true],
  ['cc-{entry,named}:*', 'cc-other:1', false],
  ['cc-bash:?', 'cc-bash:5', true],
  ['cc-bash:?', 'cc-bash:52', false],
  ['cc-us[er]*:1', 'cc-user:1', true],
  ['cc-us[!er]*:1', 'cc-user:1', false],
  ['cc-us[^er]*:1', 'cc-usx:1', true],
  ['reg.example/team/?', 'reg.example/team/a', true],
  ['reg.example?team/a', 'reg.example/team/a', false],
  ['Reg.example/**', 'reg.example/a', false],
  ['reg.example:5000/**/*', 'reg.example:5000/a/b/c:1', true],
  ['reg.example:5000/**/*', 'reg.example:5000/c:1', true],
  ['reg.example:5000/**', 'reg.example/c:1', false],
  ['**/one:1', 'cc-priv/one:1', true],
  ['@(a|b)', 'a', false],
  ['a+', 'aa', false],
  // a name in full is the same image
  ['docker.io/library/*:*', 'alpine', true],
  ['docker.io/library/alpine:latest', 'alpine', true],
  ['docker.io/library/*:*', 'index.docker.io/alpine:3', true],
  // the list says how it wants names to be written
  ['alpine', 'docker.io/library/alpine:latest', false],
  [`alpine@${DIGEST}`, `alpine@${DIGEST}`, true],
  ['', 'alpine', false],
];

describe('checkImage: globs', () => {
  for (const [glob, reference, allowed] of table)
    test(`"${glob}" ${allowed ? 'allows' : 'does not allow'} ${reference}`, () =>
      assert.equal(passes(reference, rules([glob])), allowed));

  test('an empty list allows all', () => assert.ok(passes('anything/at:all', rules([]))));

  test('what the configuration names is allowed as it is written there', () => {
    const given = rules(['team/*'], { configured: ['busybox:latest'] });
    assert.ok(passes('busybox:latest', given));
    assert.ok(!passes('docker.io/library/busybox:latest', given));
  });
});

describe('checkImage: denials', () => {
  const given = rules(['**', '!*/kali*', '!alpine:latest', '!docker.io/library/debian:*']);
  for (const [reference, allowed] of [
    ['tools/kali:1', false],
    ['tools/other:1', true],
    ['alpine', false],
    ['alpine:latest', false],
    ['docker.io/alpine', false],
    ['docker.io/library/alpine:latest', false],
    ['index.docker.io/library/alpine', false],
    [`alpine:latest@${DIGEST}`, false],
    ['alpine:3', true],
    ['debian', false],
    ['debian:12', false],
  ] as const)
    test(`${reference} ${allowed ? 'passes' : 'is denied'}`, () => assert.equal(passes(reference, given), allowed));

  test('they win wherever they stand', () => assert.ok(!passes('a:1', rules(['!a:1', 'a:*']))));
  test('alone they allow all the rest', () => assert.ok(passes('b:1', rules(['!a:1']))));
});

describe('checkImage: digests', () => {
  const given = rules([], { requireDigest: ['docker.io/**', 'ghcr.io/team/*:*'] });
  for (const [reference, allowed] of [
    ['alpine', false],
    ['alpine:3', false],
    ['ghcr.io/team/app:1', false],
    ['ghcr.io/other/app:1', true],
    [`alpine:3@${DIGEST}`, true],
    [`alpine@${DIGEST}`, true],
    ['a'.repeat(64), true],
    [DIGEST, true],
  ] as const)
    test(`${reference} ${allowed ? 'passes' : 'is refused'}`, () => assert.equal(passes(reference, given), allowed));
});

test('the refusal prints the list', () => {
  assert.throws(() => checkImage('kali', rules(['a/*', '!b'], { purpose: 'services' })), {
    message: '"kali" is not present on list of allowed services:\n- a/*\n- !b',
  });
});
