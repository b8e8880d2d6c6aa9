import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { FrameDecoder } from '../../../../agent/docker/frame-decoder.ts';
import { readFrames } from '../../../../agent/docker/read-frames.ts';
import { frame } from '../../../support/frames.ts';
import { cutRandomly, seededRandom } from '../../../support/seeded-random.ts';

interface Decoded {
  stdout: Buffer;
  stderr: Buffer;
  /** Streams in the order of arrival, repetitions left out. */
  order: string;
}

function decode(chunks: readonly Buffer[]): Decoded {
  const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  let order = '';
  const decoder = new FrameDecoder({
    write: (stream, chunk) => {
      assert.ok(chunk.length > 0);
      parts[stream].push(Buffer.from(chunk));
      if (!order.endsWith(stream[3] ?? '')) order += stream[3];
    },
  });
  for (const chunk of chunks) decoder.push(chunk);
  return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr), order };
}

describe('FrameDecoder', () => {
  test('any cut of the stream gives the same', () => {
    const random = seededRandom(20261121);
    const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
    const frames = Array.from({ length: 200 }, () => {
      const stream = random() < 0.5 ? 1 : 2;
      return { stream, body: bytes(random() < 0.2 ? 0 : Math.floor(random() * 40)) };
    });
    const whole = Buffer.concat(frames.map(({ stream, body }) => frame(stream, body)));
    const expected = decode([whole]);
    for (const [name, number] of [
      ['stdout', 1],
      ['stderr', 2],
    ] as const)
      assert.deepEqual(
        expected[name],
        Buffer.concat(frames.filter(({ stream }) => stream === number).map(({ body }) => body)),
      );
    for (const longest of [1, 2, 7, 8, 9, 64, 1000])
      for (let round = 0; round < 20; round += 1)
        assert.deepEqual(decode(cutRandomly(whole, random, longest)), expected);
  });

  test('an empty frame between the bytes of others changes nothing', () => {
    const chunks = [frame(1, 'a'), frame(2, ''), frame(1, ''), frame(1, 'b')];
    assert.deepEqual(decode(chunks).stdout.toString(), 'ab');
  });

  test('a payload is passed on as it comes, not when it is complete', () => {
    const seen: string[] = [];
    const decoder = new FrameDecoder({ write: (_, chunk) => void seen.push(chunk.toString()) });
    const bytes = frame(1, 'abcdef');
    decoder.push(bytes.subarray(0, 10));
    assert.deepEqual(seen, ['ab']);
    decoder.push(bytes.subarray(10));
    assert.deepEqual(seen, ['ab', 'cdef']);
  });

  test('sizes above 2 GiB are not negative', () => {
    const seen: number[] = [];
    const decoder = new FrameDecoder({ write: (_, chunk) => void seen.push(chunk.length) });
    decoder.push(Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]));
    decoder.push(Buffer.alloc(1000));
    assert.deepEqual(seen, [1000]);
  });
});

describe('readFrames', () => {
  const never = new AbortController().signal;

  test('to the end of the stream', async () => {
    const stream = new PassThrough();
    stream.write(frame(1, 'one '));
    stream.end(frame(2, 'two'));
    assert.equal((await readFrames(stream, 100, never)).toString(), 'one two');
  });

  test('no more than asked for, and the stream is let go', async () => {
    const stream = new PassThrough();
    stream.write(frame(1, 'abcdef'));
    assert.equal((await readFrames(stream, 4, never)).toString(), 'abcd');
    assert.equal(stream.destroyed, true);
  });

  test('what is there when the time is over', async () => {
    const stream = new PassThrough();
    stream.write(frame(1, 'abc'));
    const over = new AbortController();
    setImmediate(() => over.abort());
    assert.equal((await readFrames(stream, 100, over.signal)).toString(), 'abc');
  });

  test('a signal that has aborted before does not hang', async () => {
    assert.equal((await readFrames(new PassThrough(), 100, AbortSignal.abort())).toString(), '');
  });

  test('a stream that breaks gives what came', async () => {
    const stream = new PassThrough();
    stream.write(frame(1, 'abc'));
    setImmediate(() => stream.destroy(new Error('reset')));
    assert.equal((await readFrames(stream, 100, never)).toString(), 'abc');
  });
});
