import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { Trace } from '../../../../coordinator-mock/store/trace.ts';

function traceOf(...parts: string[]): Trace {
  const trace = new Trace();
  for (const part of parts) trace.append(Buffer.from(part));
  return trace;
}

describe('Trace', () => {
  test('counts bytes, not characters, and keeps the checksum of all', () => {
    const trace = traceOf('grün ', '', 'done');
    assert.equal(trace.size, 10);
    assert.equal(trace.bytes().toString(), 'grün done');
    assert.equal(trace.checksum, `crc32:${crc32('grün done').toString(16).padStart(8, '0')}`);
  });

  test('an empty trace has the checksum of nothing', () => {
    assert.deepEqual([new Trace().checksum, new Trace().bytes().length], ['crc32:00000000', 0]);
  });

  test('truncate forgets the rest, in the checksum too', () => {
    const trace = traceOf('hello', ' you');
    trace.truncate(5);
    assert.deepEqual([trace.size, trace.checksum], [5, traceOf('hello').checksum]);
    trace.append(Buffer.from('!'));
    assert.equal(trace.bytes().toString(), 'hello!');
  });

  test('tail reaches over chunks', () => {
    assert.equal(traceOf('abc', 'd', 'ef').tail(4).toString(), 'cdef');
    assert.equal(traceOf('abc').tail(9).toString(), 'abc');
    assert.equal(traceOf('abc').tail(0).length, 0);
  });
});
