import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SecretMask } from '../../../../agent/trace/mask-secrets.ts';
import { gitlabTokenPrefixes } from '../../../../agent/trace/mask-tokens.ts';
import { cutRandomly, seededRandom } from '../../../support/seeded-random.ts';

interface Case {
  readonly secrets?: readonly string[];
  readonly prefixes?: readonly string[];
}

function mask(
  chunks: readonly (string | Buffer)[],
  { secrets = [], prefixes = gitlabTokenPrefixes }: Case = {},
): string {
  const set = new SecretMask(prefixes);
  set.add(secrets);
  const stream = set.stream();
  return Buffer.concat([...chunks.flatMap((chunk) => stream.write(Buffer.from(chunk))), ...stream.end()]).toString();
}

describe('SecretMask: values', () => {
  test('white space around a value does not count, within it does', () => {
    assert.equal(mask(['3   trimmed-secret  .'], { secrets: ['  trimmed-secret  '] }), '3   [MASKED]  .');
    assert.equal(mask(['gehäim-シークレット'], { secrets: ['gehäim-シークレット'] }), '[MASKED]');
    assert.equal(mask(['a b'], { secrets: ['', '   ', '\n'] }), 'a b');
  });

  test('encoded forms are masked', () => {
    const secret = 'S3cr"t/Value+42';
    const forms = [
      Buffer.from(secret).toString('base64'),
      Buffer.from(`u:${secret}`).toString('base64'),
      Buffer.from(`us:${secret}`).toString('base64url'),
      encodeURIComponent(secret),
      JSON.stringify(secret),
      secret.replace('"', '\\"'),
    ];
    for (const form of forms) {
      const out = mask([form], { secrets: [secret] });
      assert.match(out, /^.{0,4}\[MASKED\]"?$/, `${form} -> ${out}`);
    }
  });

  test('base64 of a text around the value is masked for every length before and after', () => {
    const secret = 'correct-horse-battery';
    for (let before = 0; before < 7; before++)
      for (let after = 0; after < 7; after++) {
        const text = Buffer.from(`${'<'.repeat(before)}${secret}${'>'.repeat(after)}`).toString('base64');
        const out = mask([text], { secrets: [secret] });
        assert.match(out, /^.*\[MASKED\].*$/);
        assert.ok(out.length <= '[MASKED]'.length + before * 2 + after * 2 + 4, `${text} -> ${out}`);
      }
  });

  test('short values have no encoded forms', () => {
    assert.equal(mask([Buffer.from('abcdefg').toString('base64')], { secrets: ['abcdefg'] }), 'YWJjZGVmZw==');
  });

  test('a multi-line value is masked as a whole and line by line, but not its short lines and its armour', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n{\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n';
    assert.equal(mask([`<${key}>`], { secrets: [key] }), '<[MASKED]\n>');
    assert.equal(mask(['x kqhkiG9w0BAQEF y'], { secrets: [key] }), 'x [MASKED] y');
    assert.equal(mask(['if {\n-----BEGIN PRIVATE KEY-----'], { secrets: [key] }), 'if {\n-----BEGIN PRIVATE KEY-----');
    assert.equal(mask(['one two\r\nlines here'], { secrets: ['one two\r\nlines here'] }), '[MASKED]');
  });

  test('secrets that are added later are masked from then on', () => {
    const set = new SecretMask([]);
    const stream = set.stream();
    const before = Buffer.concat(stream.write(Buffer.from('later '))).toString();
    set.add(['later']);
    assert.equal(before + Buffer.concat(stream.write(Buffer.from('later '))).toString(), 'later [MASKED] ');
  });
});

describe('SecretMask: tokens and URL parameters', () => {
  test('what follows a prefix is masked', () => {
    for (const prefix of gitlabTokenPrefixes)
      assert.equal(mask([`x ${prefix}abc_DEF-12.3= y`]), `x ${prefix}[MASKED] y`);
    assert.equal(mask(['a mytoken:ghijklmno b foobar-x'], { prefixes: ['mytoken:'] }), 'a mytoken:[MASKED] b foobar-x');
    assert.equal(mask(['at end glpat-zzz']), 'at end glpat-[MASKED]');
  });

  test('more prefixes than fifteen all count, a longer one after a shorter one too', () => {
    const prefixes = [...gitlabTokenPrefixes, 'one-', 'two-', 'three-', 'my', 'mytoken:'];
    assert.equal(mask(['_gitlab_session=abc three-x'], { prefixes }), '_gitlab_session=[MASKED] three-[MASKED]');
    assert.ok(!mask(['mytoken:hidden'], { prefixes }).includes('hidden'));
  });

  test('a token over several writes', () => {
    assert.equal(mask(['split glp', 'at-abc', 'def end']), 'split glpat-[MASKED] end');
    assert.equal(mask(['split glpat', '-', 'a', 'b', ' end']), 'split glpat-[MASKED] end');
    assert.equal(mask(['gglpat-x']), 'gglpat-[MASKED]');
  });

  test('values of secret URL parameters, in any case', () => {
    assert.equal(mask(['https://h/?a=1&private_token=foobar%2F&b=2 z']), 'https://h/?a=1&private_token=[MASKED]&b=2 z');
    assert.equal(
      mask(['h/?X-Amz-Credential=a/b?rss_token=c\td']),
      'h/?X-Amz-Credential=[MASKED]?rss_token=[MASKED]\td',
    );
    assert.equal(mask(['h/?rss_', 'TOKEN', '=sec', 'ret\n']), 'h/?rss_TOKEN=[MASKED]\n');
    assert.equal(mask(['&&private_token=a b']), '&&private_token=[MASKED] b');
    assert.equal(mask(['h/?other_token=foo private_token=bar']), 'h/?other_token=foo private_token=bar');
  });

  test('a secret within a token or a value leaves nothing of either', () => {
    assert.equal(mask(['glpat-abSECRETcd end'], { secrets: ['SECRET'] }), 'glpat-[MASKED] end');
    assert.equal(mask(['?rss_token=abSECRETcd end'], { secrets: ['SECRET'] }), '?rss_token=[MASKED] end');
    assert.equal(mask(['glpat-whole end'], { secrets: ['glpat-whole'] }), '[MASKED] end');
  });

  test('the state does not outlive a stream', () => {
    const set = new SecretMask(['glpat-']);
    const stream = set.stream();
    const parts = [...stream.write(Buffer.from('glpat-abc')), ...stream.end(), ...stream.write(Buffer.from('def'))];
    assert.equal(Buffer.concat(parts).toString(), 'glpat-[MASKED]def');
  });

  test('the output does not depend on how the input is cut', () => {
    const random = seededRandom(99);
    const words = [
      'glpat-',
      'gl',
      'pat-',
      '?',
      '&',
      'private_',
      'token=',
      'PRIVATE_TOKEN=',
      'SECRET',
      'SEC',
      ' ',
      '.',
      'é',
      '_gitlab_session=',
    ];
    for (let round = 0; round < 600; round++) {
      const text = Array.from({ length: 25 }, () => words[Math.floor(random() * words.length)]).join('');
      const options = { secrets: ['SECRET', 'SECSECRE', '-.é'] };
      const whole = mask([text], options);
      assert.equal(mask(cutRandomly(Buffer.from(text), random, 6), options), whole, text);
      assert.ok(!whole.includes('SECRET'));
      assert.doesNotMatch(whole, /glpat-[A-Za-z0-9._=-]|[?&](private_token)=[^[?& ]/i);
    }
  });
});
