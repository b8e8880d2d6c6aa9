import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnwrittenBytes } from '../../../../../agent/trace/spool/unwritten-bytes.ts';

describe('UnwrittenBytes', () => {
  test('gives every byte once and in order, however few are taken at a time', () => {
    const text = 'one two three four five six seven';
    for (let room = 1; room < 12; room++) {
      const bytes = new UnwrittenBytes();
      for (const word of text.split(/(?= )/)) bytes.add(Buffer.from(word));
      bytes.add(new Uint8Array());
      let written = '';
      while (bytes.size > 0) {
        let left = room;
        bytes.drain((piece) => {
          const taken = Math.min(left, piece.length);
          left -= taken;
          written += piece.toString('latin1', 0, taken);
          return taken;
        });
        assert.equal(written.length + bytes.size, text.length);
      }
      assert.equal(written, text);
    }
  });

  test('keeps a copy of what it is given', () => {
    const bytes = new UnwrittenBytes();
    const mine = Buffer.from('mine');
    bytes.add(mine);
    mine.fill('x');
    const target = Buffer.alloc(4);
    assert.equal(bytes.copy(target, 0), 4);
    assert.equal(target.toString(), 'mine');
  });

  test('copies any range', () => {
    const bytes = new UnwrittenBytes();
    for (const piece of ['01', '234', '56789']) bytes.add(Buffer.from(piece));
    for (let from = 0; from <= 10; from++)
      for (let size = 0; size <= 10; size++) {
        const target = Buffer.alloc(size);
        const count = bytes.copy(target, from);
        assert.equal(target.toString('latin1', 0, count), '0123456789'.slice(from, from + size));
      }
  });
});
