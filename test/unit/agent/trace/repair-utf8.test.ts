import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Utf8Repair } from '../../../../agent/trace/repair-utf8.ts';
import { cutRandomly, seededRandom } from '../../../support/seeded-random.ts';

function repair(chunks: readonly Buffer[]): Buffer {
  const stream = new Utf8Repair();
  return Buffer.concat([...chunks.map((chunk) => stream.write(chunk)), stream.end()]);
}

describe('Utf8Repair', () => {
  test('a character that is split over writes stays whole', () => {
    const rocket = Buffer.from('🚀');
    for (let cut = 1; cut < 4; cut++)
      assert.equal(repair([rocket.subarray(0, cut), rocket.subarray(cut)]).toString(), '🚀');
  });

  test('other bytes become U+FFFD, NUL stays', () => {
    assert.equal(repair([Buffer.from('bad \xff \xc3( end\0', 'latin1')]).toString(), 'bad \ufffd \ufffd( end\0');
    assert.equal(repair([Buffer.from([0x61, 0xe2, 0x82])]).toString(), 'a\ufffd');
  });

  test('valid text is passed on without a copy', () => {
    const text = Buffer.from('héllo');
    assert.equal(new Utf8Repair().write(text).buffer, text.buffer);
  });

  test('any bytes, cut anywhere, come out as the platform decodes them in one piece', () => {
    const random = seededRandom(4);
    const pool = [
      0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0xa0, 0x9f, 0x90,
    ];
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(Array.from({ length: 20 }, () => pool[Math.floor(random() * pool.length)]!));
      const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      assert.equal(repair(cutRandomly(bytes, random, 4)).toString(), expected, bytes.toString('hex'));
    }
  });
});
