import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MarkScanner } from '../../../../../agent/container/shell/mark-scanner.ts';
import { cutRandomly, seededRandom } from '../../../../support/seeded-random.ts';

const MARK = Buffer.from('\x1b]dw;0123456789abcdef;');
const mark = (text: string): Buffer => Buffer.from(`${MARK.toString()}${text}\x07`);

interface Scanned {
  readonly bytes: string;
  readonly marks: readonly string[];
  /** Bytes before each mark. */
  readonly places: readonly number[];
}

function scan(chunks: readonly Buffer[]): Scanned {
  const parts: Buffer[] = [];
  const marks: string[] = [];
  const places: number[] = [];
  const length = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  const scanner = new MarkScanner(
    MARK,
    (bytes) => void parts.push(Buffer.from(bytes)),
    (text) => {
      marks.push(text);
      places.push(length());
    },
  );
  for (const chunk of chunks) scanner.push(chunk);
  scanner.flush();
  return { bytes: Buffer.concat(parts).toString('latin1'), marks, places };
}

/** Output that is full of what looks like the begin of a mark. */
const NASTY: readonly string[] = [
  '\x1b',
  '\x1b\x1b',
  '\x1b]',
  '\x1b]dw;',
  '\x1b]dw;0123456789abcde',
  '\x1b]dw;0123456789abcdeX;0\x07',
  '\x1b]dw;forged;0\x07',
  '\x1b[31mred\x1b[0m',
  '\x1b]0;title\x07',
  '\x07',
  ';',
  '\n',
  'plain text ',
  '\xff\x00\xc3',
  'x'.repeat(50),
];

describe('MarkScanner', () => {
  test('any cut of the stream gives the same, and nothing is lost', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 60; round += 1) {
      const pieces = Array.from({ length: 40 }, () => {
        const choice = Math.floor(random() * (NASTY.length + 2));
        const text = NASTY[choice];
        return text === undefined ? { mark: String(round) } : { text };
      });
      const expected = pieces.map((piece) => piece.text ?? '').join('');
      const marks = pieces.flatMap((piece) => piece.mark ?? []);
      const whole = Buffer.concat(
        pieces.map((piece) => (piece.mark === undefined ? Buffer.from(piece.text, 'latin1') : mark(piece.mark))),
      );
      const once = scan([whole]);
      assert.deepEqual([once.bytes, once.marks], [expected, marks]);
      for (const longest of [1, 2, 3, 10, 100])
        assert.deepEqual(scan(cutRandomly(whole, random, longest)), once, `round ${round}, pieces up to ${longest}`);
    }
  });

  test('a mark is told when the bytes before it have been passed on', () => {
    assert.deepEqual(scan([Buffer.concat([Buffer.from('abc'), mark('begin'), Buffer.from('de'), mark('0')])]), {
      bytes: 'abcde',
      marks: ['begin', '0'],
      places: [3, 5],
    });
  });

  test('marks of another nonce are output', () => {
    const forged = '\x1b]dw;fedcba9876543210;0\x07';
    assert.deepEqual(scan([Buffer.from(forged)]), { bytes: forged, marks: [], places: [] });
  });

  test('a mark that never ends comes out with the end of the stream', () => {
    const text = `${MARK.toString()}12`;
    assert.deepEqual(scan([Buffer.from(`a${text}`)]).bytes, `a${text}`);
  });

  test('nothing is held back but the begin of a mark', () => {
    const seen: string[] = [];
    const scanner = new MarkScanner(
      MARK,
      (bytes) => void seen.push(bytes.toString()),
      () => {},
    );
    scanner.push(Buffer.from('Password: '));
    assert.deepEqual(seen, ['Password: ']);
    scanner.push(Buffer.from('50%\x1b]'));
    assert.deepEqual(seen.join(''), 'Password: 50%');
    scanner.push(Buffer.from('0;'));
    assert.deepEqual(seen.join(''), 'Password: 50%\x1b]0;');
  });

  test('a held begin does not depend on the chunk it came in', () => {
    const seen: Buffer[] = [];
    const scanner = new MarkScanner(
      MARK,
      (bytes) => void seen.push(Buffer.from(bytes)),
      () => {},
    );
    const chunk = Buffer.from('a\x1b]d');
    scanner.push(chunk);
    chunk.fill(0);
    scanner.push(Buffer.from('!'));
    assert.equal(Buffer.concat(seen).toString(), 'a\x1b]d!');
  });

  test('20 MB of escape sequences pass quickly', () => {
    const chunk = Buffer.from('\x1b[32mok\x1b[0m \x1b]d'.repeat(4000));
    let length = 0;
    const scanner = new MarkScanner(
      MARK,
      (bytes) => void (length += bytes.length),
      () => {},
    );
    const begin = performance.now();
    const count = Math.ceil(20e6 / chunk.length);
    for (let round = 0; round < count; round += 1) scanner.push(chunk);
    scanner.flush();
    assert.equal(length, count * chunk.length);
    assert.ok(performance.now() - begin < 3000);
  });
});
