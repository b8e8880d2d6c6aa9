import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OutputTail } from '../../../../../agent/container/failure/output-tail.ts';

describe('OutputTail', () => {
  test('passes everything on, of both streams', () => {
    const passed: string[] = [];
    const tail = new OutputTail({ write: (stream, chunk) => passed.push(`${stream} ${chunk.toString()}`) });
    assert.equal(tail.silent, true);
    tail.write('stdout', Buffer.from('a'));
    tail.write('stderr', Buffer.from('b'));
    assert.deepEqual([passed, tail.text(), tail.silent], [['stdout a', 'stderr b'], 'ab', false]);
  });

  for (const size of [1, 7, 1000, 4096, 5000, 70_000])
    test(`keeps the last 4096 bytes of chunks of ${size}`, () => {
      const tail = new OutputTail({ write: () => {} });
      const text = Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join('');
      for (let at = 0; at < text.length; at += size) tail.write('stdout', Buffer.from(text.slice(at, at + size)));
      assert.equal(tail.text(), text.slice(-4096));
    });
});
