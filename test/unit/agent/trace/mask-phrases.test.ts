import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PhraseMasker, PhraseSet } from '../../../../agent/trace/mask-phrases.ts';
import { cutRandomly, seededRandom } from '../../../support/seeded-random.ts';

function masker(...phrases: string[]): PhraseMasker {
  const set = new PhraseSet();
  set.add(phrases);
  return new PhraseMasker(set);
}

function run(target: PhraseMasker, chunks: readonly (string | Buffer)[]): string {
  const parts = chunks.flatMap((chunk) => target.write(Buffer.from(chunk)));
  return Buffer.concat([...parts, ...target.end()]).toString('latin1');
}

/** All occurrences found one by one; those that overlap become one mask. */
function oracle(text: string, phrases: readonly string[]): string {
  const spans = phrases
    .flatMap((phrase) =>
      Array.from({ length: text.length }, (_, at) => [at, at + phrase.length] as const).filter(([at]) =>
        text.startsWith(phrase, at),
      ),
    )
    .toSorted((a, b) => a[0] - b[0] || b[1] - a[1]);
  let out = '';
  let cursor = 0;
  let end = 0;
  for (const [from, to] of spans) {
    if (from >= end) out += `${text.slice(cursor, from)}[MASKED]`;
    end = Math.max(end, to);
    cursor = end;
  }
  return out + text.slice(cursor);
}

describe('PhraseMasker', () => {
  test('replaces a phrase, keeps the rest', () => {
    assert.equal(run(masker('secret'), ['a secret here']), 'a [MASKED] here');
    assert.equal(run(masker('secret'), ['ssecrets']), 's[MASKED]s');
    assert.equal(run(masker('secret', 'secrets'), ['ssecrets']), 's[MASKED]');
    assert.equal(run(masker('zq'), ['5 xyzq\n']), '5 xy[MASKED]\n');
    assert.equal(run(masker('a'), ['banana']), 'b[MASKED]n[MASKED]n[MASKED]');
  });

  test('finds a phrase after a false start of itself, in one write and in two', () => {
    assert.equal(run(masker('aab'), ['aa', 'ab.']), 'a[MASKED].');
    assert.equal(run(masker('abac'), ['aba', 'bac']), 'ab[MASKED]');
    const secret = 'aabaabaa-77-secret';
    assert.equal(run(masker(secret), ['aabaa', 'baabaa-77-secret.']), 'aab[MASKED].');
    assert.equal(run(masker(secret), [`a${secret}`]), 'a[MASKED]');
  });

  test('the longest phrase wins, and phrases that overlap leave nothing between them', () => {
    assert.equal(run(masker('pass', 'password'), ['password pass']), '[MASKED] [MASKED]');
    assert.equal(run(masker('abcd', 'cdef'), ['xabcdefx']), 'x[MASKED]x');
    assert.equal(run(masker('abcd', 'cdef'), ['xabc', 'd', 'efx']), 'x[MASKED]x');
  });

  test('phrases side by side are masked each', () => {
    assert.equal(run(masker('abc'), ['abcabc']), '[MASKED][MASKED]');
  });

  test('phrases of 8000 bytes over two writes', () => {
    const long = 'x'.repeat(7999) + 'y';
    assert.equal(run(masker(long), [`<${long.slice(0, 5000)}`, `${long.slice(5000)}>`]), '<[MASKED]>');
    assert.equal(run(masker(long), ['x'.repeat(8100), 'y!']), `${'x'.repeat(101)}[MASKED]!`);
  });

  test('holds back only what may become a phrase', () => {
    const target = masker('secret');
    assert.equal(Buffer.concat(target.write(Buffer.from('all of it'))).toString(), 'all of it');
    assert.equal(Buffer.concat(target.write(Buffer.from(' but se'))).toString(), ' but ');
    assert.equal(Buffer.concat(target.write(Buffer.from('nse'))).toString(), 'sen');
    assert.equal(Buffer.concat(target.end()).toString(), 'se');
  });

  test('does not depend on the memory of earlier chunks', () => {
    const target = masker('secret');
    const chunk = Buffer.from('12sec');
    const first = Buffer.concat(target.write(chunk)).toString();
    chunk.fill('#');
    assert.equal(first + run(target, ['onds']), '12seconds');
  });

  test('phrases that are added later count for what is held back', () => {
    const set = new PhraseSet();
    set.add(['abcd']);
    const target = new PhraseMasker(set);
    const first = Buffer.concat(target.write(Buffer.from('1abc'))).toString();
    set.add(['bcx']);
    assert.equal(first + run(target, ['x2']), '1a[MASKED]2');
  });

  test('no phrases: all passes at once', () => {
    const target = masker();
    assert.equal(Buffer.concat(target.write(Buffer.from('any\0thing'))).toString(), 'any\0thing');
    assert.deepEqual(target.end(), []);
  });

  test('is right for every cut of random text over two letters', () => {
    const random = seededRandom(20261121);
    const word = (longest: number): string =>
      Array.from({ length: 1 + Math.floor(random() * longest) }, () => (random() < 0.5 ? 'a' : 'b')).join('');
    for (let round = 0; round < 3000; round++) {
      const phrases = Array.from({ length: 1 + Math.floor(random() * 4) }, () => word(7));
      const text = word(60);
      const chunks = cutRandomly(Buffer.from(text), random, 1 + Math.floor(random() * 12));
      const filler = round % 2 === 0 ? [] : ['z'.repeat(600)];
      assert.equal(
        run(masker(...phrases, ...filler), chunks),
        oracle(text, phrases),
        JSON.stringify({ text, phrases, chunks: chunks.map(String) }),
      );
    }
  });

  test('is right for random text with phrases taken out of it', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: 1500 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
      const phrases = Array.from({ length: 12 }, () => {
        const at = Math.floor(random() * 1400);
        return text.slice(at, at + 1 + Math.floor(random() * 150));
      });
      assert.equal(run(masker(...phrases), cutRandomly(Buffer.from(text), random, 90)), oracle(text, phrases));
    }
  });

  test('stays linear when every byte nearly begins a long phrase', () => {
    const target = masker('a'.repeat(8000) + 'b', 'a'.repeat(7000) + 'c');
    const chunk = Buffer.alloc(65_536, 'a');
    const begin = performance.now();
    let bytes = 0;
    for (let round = 0; round < 32; round++) for (const part of target.write(chunk)) bytes += part.length;
    assert.equal(bytes, 32 * 65_536 - 8000);
    assert.ok(performance.now() - begin < 5000, 'quadratic time');
  });
});
