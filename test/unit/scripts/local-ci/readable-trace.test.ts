import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plainTrace, ReadableTrace } from '../../../../scripts/local-ci/readable-trace.ts';

describe('plainTrace', () => {
  test('takes off time stamps, section marks, colours and empty lines', () => {
    const trace = [
      '2026-11-21T04:01:21.733920Z 00O section_start:1795235281:step_script\r\u001b[0K\u001b[36;1mTitle\u001b[0;m\n',
      '2026-11-21T04:01:21.733920Z 01O \u001b[32;1m$ true\u001b[0;m\n',
      '2026-11-21T04:01:21.733920Z 01E half of \n',
      '2026-11-21T04:01:21.933920Z 01E+a line\n',
      '2026-11-21T04:01:21.733920Z 00O section_end:1795235281:step_script\r\u001b[0K\n',
      'no stamp',
    ].join('');
    assert.equal(plainTrace(Buffer.from(trace)), 'Title\n$ true\nhalf of a line\nno stamp');
  });

  test('leaves a line that only speaks of sections alone', () => {
    assert.equal(plainTrace(Buffer.from('section_start is a word\n')), 'section_start is a word');
  });
});

describe('ReadableTrace', () => {
  test('prints whole lines whatever the pieces, characters of several bytes too', () => {
    const text = 'größe 1\nzwei\n';
    for (let cut = 0; cut <= Buffer.byteLength(text); cut += 1) {
      const lines: string[] = [];
      const trace = new ReadableTrace((line) => lines.push(line), { colors: false });
      trace.push(Buffer.from(text).subarray(0, cut));
      trace.push(Buffer.from(text).subarray(cut));
      trace.end();
      assert.deepEqual(lines, ['größe 1', 'zwei']);
    }
  });

  test('keeps colours for those who want them', () => {
    const lines: string[] = [];
    new ReadableTrace((line) => lines.push(line), { colors: true }).push(
      Buffer.from('\u001b[0K\u001b[31mred\u001b[m\n'),
    );
    assert.deepEqual(lines, ['\u001b[31mred\u001b[m']);
  });
});
