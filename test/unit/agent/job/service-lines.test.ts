import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ServiceLines } from '../../../../agent/job/service-lines.ts';

const MARK = '\x1b[0;90m[service:db-cache]\x1b[0;m ';

/** What comes out of these pieces, write by write. */
function written(...pieces: string[]): string[] {
  const out: string[] = [];
  const lines = new ServiceLines(
    { write: (chunk) => void out.push(Buffer.from(chunk).toString()), end: () => void out.push('end') },
    'db-cache',
  );
  for (const piece of pieces) lines.write(Buffer.from(piece));
  lines.end();
  return out;
}

describe('ServiceLines', () => {
  test('each line has the mark', () => {
    assert.deepEqual(written('one\ntwo\n'), [`${MARK}one\n`, `${MARK}two\n`, 'end']);
  });

  test('a line that comes in pieces is one line', () => {
    assert.deepEqual(written('o', 'n', 'e\nt', 'wo\n'), [`${MARK}one\n`, `${MARK}two\n`, 'end']);
  });

  test('the last line is ended', () => {
    assert.deepEqual(written('one'), [`${MARK}one\n`, 'end']);
  });

  test('a very long line does not wait, and has one mark', () => {
    const long = 'x'.repeat(20_000);
    assert.deepEqual(written(long, 'y\n'), [`${MARK}${long}`, 'y\n', 'end']);
  });

  test('without output there is nothing', () => {
    assert.deepEqual(written(), ['end']);
  });
});
