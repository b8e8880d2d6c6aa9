import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StreamSkip, type StreamPosition } from '../../../../../agent/common/streams/stream-skip.ts';
import { cutRandomly, seededRandom } from '../../../../support/seeded-random.ts';

const TEXT = 'one\n\ntwo is longer\nopen';

function rest(seen: StreamPosition, pieces: readonly Buffer[]): { text: string; continued: boolean } {
  let continued = false;
  const skip = new StreamSkip(seen, () => (continued = true));
  const text = Buffer.concat(pieces.map((piece) => skip.take(piece))).toString();
  return { text, continued };
}

const position = (lines: number, bytes: number, perhapsEnded = false): StreamPosition => ({
  lines,
  bytes,
  perhapsEnded,
});

describe('StreamSkip', () => {
  const cases: readonly (readonly [StreamPosition, string, boolean])[] = [
    [position(0, 0), TEXT, false],
    [position(1, 0), '\ntwo is longer\nopen', false],
    [position(2, 3), ' is longer\nopen', false],
    [position(3, 4), '', false],
    [position(2, 13, true), 'open', false],
    [position(2, 3, true), ' is longer\nopen', true],
    [position(4, 0), '', false],
  ];
  for (const [seen, expected, continued] of cases)
    test(`${JSON.stringify(seen)} leaves ${JSON.stringify(expected)}, however it is cut`, () => {
      const random = seededRandom(seen.lines * 100 + seen.bytes);
      for (let round = 0; round < 50; round++)
        assert.deepEqual(rest(seen, cutRandomly(Buffer.from(TEXT), random, 5)), { text: expected, continued });
    });

  test('lines are counted even where a store has replaced bytes of them', () => {
    const stored = Buffer.from('bad \uFFFD\uFFFD\uFFFD\nnext');
    assert.equal(rest(position(1, 2), [stored]).text, 'xt');
  });
});
