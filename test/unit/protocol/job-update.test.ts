import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { formatChecksum, jobUpdateRequestSchema } from '#protocol/job-update.ts';
import { parseMessage } from '#protocol/parse.ts';

describe('job update', () => {
  const vectors: [string, string][] = [
    ['This is a basic log line', 'crc32:367dfeeb'],
    ['Build trace with secret and multi-byte ü character', 'crc32:0d7cf601'],
    ['', 'crc32:00000000'],
  ];
  for (const [trace, checksum] of vectors) {
    test(`the checksum of ${JSON.stringify(trace)}`, () => assert.equal(formatChecksum(crc32(trace)), checksum));
  }

  test('a state outside the protocol is refused with the allowed ones', () => {
    assert.throws(() => parseMessage(jobUpdateRequestSchema, { token: 't', state: 'pending' }, 'job update'), {
      name: 'ProtocolError',
      message: 'job update: state: expected one of running, success, failed, found a string',
    });
  });
});
