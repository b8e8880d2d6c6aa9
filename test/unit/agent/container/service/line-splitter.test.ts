import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LineSplitter } from '../../../../../agent/container/service/line-splitter.ts';

function lines(maxLength: number, ...pieces: (string | Buffer)[]): string[] {
  const splitter = new LineSplitter(maxLength);
  return [...pieces.flatMap((piece) => splitter.push(Buffer.from(piece))), ...splitter.end()];
}

describe('LineSplitter', () => {
  test('pieces cut anywhere, in a character too', () => {
    const text = Buffer.from('grün\nblau\nrot');
    for (let at = 0; at < text.length; at += 1)
      assert.deepEqual(lines(100, text.subarray(0, at), text.subarray(at)), ['grün', 'blau', 'rot']);
  });

  test('a long line keeps its beginning, and the next is whole', () => {
    assert.deepEqual(lines(4, 'abcdefgh', 'ijkl', 'm\nnext\n'), ['abcd', 'next']);
  });

  test('empty lines are lines; no text is none', () => {
    assert.deepEqual(lines(4, '\n\n'), ['', '']);
    assert.deepEqual(lines(4), []);
  });
});
