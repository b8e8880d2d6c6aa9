import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatChecksum } from '#protocol/job-update.ts';
import { TraceSpool, TraceSpoolError } from '../../../../agent/trace/trace-spool.ts';

describe('TraceSpool', () => {
  let folder = '';
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spool-'));
  });
  after(() => rm(folder, { recursive: true }));
  const path = (): string => join(folder, `trace-${count++}`);

  test('counts bytes and checksum as the coordinator does', () => {
    const vectors: readonly (readonly [string, string, number])[] = [
      ['', 'crc32:00000000', 0],
      ['This is a basic log line', 'crc32:367dfeeb', 24],
      ['Build trace with secret and multi-byte ü character', 'crc32:0d7cf601', 51],
    ];
    for (const [text, checksum, size] of vectors) {
      const spool = new TraceSpool({ path: path(), limit: 1000 });
      const bytes = Buffer.from(text);
      spool.append(bytes.subarray(0, 9));
      spool.append(bytes.subarray(9));
      assert.deepEqual([formatChecksum(spool.checksum), spool.size], [checksum, size]);
      spool.close();
    }
  });

  test('is a file that its owner alone may read', () => {
    const file = path();
    const spool = new TraceSpool({ path: file, limit: 1000 });
    spool.append(Buffer.from('one '));
    spool.append(Buffer.from('two'));
    spool.sync();
    assert.equal(readFileSync(file, 'utf8'), 'one two');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    spool.close();
    spool.close();
  });

  test('reads any range', () => {
    const spool = new TraceSpool({ path: path(), limit: 1000 });
    spool.append(Buffer.from('0123456789'));
    assert.equal(spool.read(0, 4).toString(), '0123');
    assert.equal(spool.read(8, 100).toString(), '89');
    assert.equal(spool.read(10, 100).length, 0);
    assert.equal(spool.read(11, 100).length, 0);
    spool.close();
  });

  test('cuts at the limit between two characters and then takes nothing but the reserve', () => {
    for (const char of ['a', 'é', '漢', '🚀'])
      for (let limit = 8; limit < 16; limit++) {
        const file = path();
        const spool = new TraceSpool({ path: file, limit });
        assert.equal(spool.append(Buffer.from('1234')), false);
        assert.equal(spool.append(Buffer.from(char.repeat(20))), true);
        const fit = Math.floor((limit - 4) / Buffer.byteLength(char));
        assert.equal(readFileSync(file, 'utf8'), `1234${char.repeat(fit)}`);
        assert.equal(spool.append(Buffer.from('more')), false);
        assert.equal(spool.full, true);
        spool.appendBeyondLimit(Buffer.from(' end'));
        assert.equal(readFileSync(file, 'utf8'), `1234${char.repeat(fit)} end`);
        assert.equal(spool.size, statSync(file).size);
        spool.close();
      }
  });

  test('text that fits exactly does not meet the limit', () => {
    const spool = new TraceSpool({ path: path(), limit: 4 });
    assert.equal(spool.append(Buffer.from('1234')), false);
    assert.equal(spool.full, false);
    assert.equal(spool.append(Buffer.from('5')), true);
    assert.equal(spool.size, 4);
    spool.close();
  });

  test('the reserve is bounded', () => {
    const spool = new TraceSpool({ path: path(), limit: 10 });
    for (let i = 0; i < 10; i++) spool.appendBeyondLimit(Buffer.alloc(5000, 'x'));
    assert.equal(spool.size, 10 + 16_384);
    spool.close();
  });

  test('a file that exists is continued', () => {
    const file = path();
    const first = new TraceSpool({ path: file, limit: 1000 });
    first.append(Buffer.from('This is a '));
    first.close();
    const second = new TraceSpool({ path: file, limit: 1000 });
    assert.equal(second.size, 10);
    second.append(Buffer.from('basic log line'));
    assert.equal(formatChecksum(second.checksum), 'crc32:367dfeeb');
    second.close();
  });

  test('tells when the file is not to be written', () => {
    const spool = new TraceSpool({ path: path(), limit: 1000 });
    spool.close();
    assert.throws(() => spool.append(Buffer.from('x')), TraceSpoolError);
    assert.equal(spool.size, 0);
  });
});
