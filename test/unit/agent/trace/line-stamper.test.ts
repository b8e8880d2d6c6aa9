import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatStamp, LineStamper } from '../../../../agent/trace/line-stamper.ts';
import { cutRandomly, seededRandom } from '../../../support/seeded-random.ts';

const at = '2026-11-21T04:01:21.733920Z';
const start = Date.parse('2026-11-21T04:01:21.733Z') + 0.92;

function stamper(now: () => number = () => start): LineStamper {
  return new LineStamper({ stream: 1, kind: 'O', now });
}

const write = (target: LineStamper, text: string | Buffer): string =>
  Buffer.concat(target.write(Buffer.from(text))).toString();
const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString();

/** What a viewer shows: continuations joined, time stamps gone. */
function view(raw: string): string {
  return raw
    .split('\n')
    .map((line) => line.replace(/^\S{27} 01O /, '\u0001').replace(/^\S{27} 01O\+/, ''))
    .join('')
    .split('\u0001')
    .slice(1)
    .join('\n');
}

describe('LineStamper', () => {
  test('stamps have microseconds and a fixed width', () => {
    assert.equal(formatStamp(start), at);
    assert.equal(formatStamp(Date.parse('2026-01-02T03:04:05Z')), '2026-01-02T03:04:05.000000Z');
  });

  test('a line is time, stream and text', () => {
    assert.equal(write(stamper(), 'text\n'), `${at} 01O text\n`);
    assert.equal(write(stamper(), 'a\n\nb\n'), `${at} 01O a\n${at} 01O \n${at} 01O b\n`);
    const agent = new LineStamper({ stream: 0, kind: 'E', now: () => start });
    assert.equal(write(agent, 'x\n'), `${at} 00E x\n`);
    const services = new LineStamper({ stream: 15, kind: 'O', now: () => start });
    assert.equal(write(services, 'x\n'), `${at} 0fO x\n`);
  });

  test('a line carries the time at which it began', () => {
    let now = start;
    const target = stamper(() => now);
    assert.equal(write(target, 'ab'), '');
    assert.equal(target.heldSince, start);
    now += 5000;
    assert.equal(write(target, 'c\nd\n'), `${at} 01O abc\n2026-11-21T04:01:26.733920Z 01O d\n`);
    assert.equal(target.heldSince, undefined);
  });

  test('text after a carriage return goes out at once, and what follows continues it', () => {
    const target = stamper();
    assert.equal(write(target, 'section_start:1:x\r\u001b[0K'), `${at} 01O section_start:1:x\r\u001b[0K\n`);
    assert.equal(write(target, 'Title\nnext\n'), `${at} 01O+Title\n${at} 01O next\n`);
  });

  test('a carriage return at the end may be half of a line end', () => {
    const target = stamper();
    assert.equal(write(target, 'w1\r'), '');
    assert.equal(write(target, '\nw2\r\n'), `${at} 01O w1\r\n${at} 01O w2\r\n`);
    assert.equal(write(target, '10%\r'), '');
    assert.equal(write(target, '20%\r'), `${at} 01O 10%\r20%\r\n`);
  });

  test('a long unfinished line goes out in pieces, a finished one whole', () => {
    const target = stamper();
    assert.equal(write(target, 'x'.repeat(8193)), `${at} 01O ${'x'.repeat(8193)}\n`);
    assert.equal(write(target, 'y\n'), `${at} 01O+y\n`);
    assert.equal(write(target, `${'z'.repeat(100_000)}\n`), `${at} 01O ${'z'.repeat(100_000)}\n`);
  });

  test('a flushed line is continued, an ended one is not', () => {
    const target = stamper();
    write(target, 'abc');
    assert.equal(text(target.flush()), `${at} 01O abc\n`);
    assert.equal(text(target.flush()), '');
    write(target, 'def');
    assert.equal(text(target.end()), `${at} 01O+def\n`);
    assert.equal(write(target, 'new\n'), `${at} 01O new\n`);
    write(target, 'abc');
    target.flush();
    assert.equal(text(target.end()), '');
    assert.equal(write(target, 'new\n'), `${at} 01O new\n`);
  });

  test('a newline alone closes a flushed line', () => {
    const target = stamper();
    write(target, 'abc');
    target.flush();
    assert.equal(write(target, '\nd\n'), `${at} 01O+\n${at} 01O d\n`);
  });

  test('no byte is lost, however the text is cut and flushed', () => {
    const random = seededRandom(5);
    const words = ['a', 'bc', '\n', '\r', '\r\n', 'x'.repeat(3000), 'é'];
    for (let round = 0; round < 500; round++) {
      const source = `${Array.from({ length: 30 }, () => words[Math.floor(random() * words.length)]).join('')}\n`;
      const target = stamper();
      let out = '';
      for (const chunk of cutRandomly(Buffer.from(source), random, 900)) {
        out += text(target.write(chunk).map((part) => Buffer.from(part.toString('latin1'))));
        if (random() < 0.2) out += text(target.flush().map((part) => Buffer.from(part.toString('latin1'))));
      }
      assert.equal(Buffer.from(`${view(out)}\n`, 'latin1').toString(), source);
      assert.ok(
        out
          .split('\n')
          .slice(0, -1)
          .every((line) => /^\S{27} 01O[ +]/.test(line)),
      );
    }
  });
});
