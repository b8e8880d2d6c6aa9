import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unstartableProgram } from '../../../../../agent/container/failure/unstartable-program.ts';

const remark =
  "The requested image's platform (linux/arm64/v8) does not match the detected host platform (linux/amd64/v4) and no specific platform was requested";
const sentence = (output: string, remarks: readonly string[] = []): string | undefined =>
  unstartableProgram(output, 'img:1', remarks)?.message;

describe('unstartableProgram', () => {
  test('a foreign processor, with what the engine remarked', () => {
    assert.equal(
      sentence('exec /bin/sh: exec format error\n', ['something else', remark]),
      'image "img:1" is made for linux/arm64/v8, this host is linux/amd64/v4 (exec format error)',
    );
  });

  test('a foreign processor, unremarked', () => {
    assert.equal(
      sentence('exec /bin/sh: exec format error\n'),
      'image "img:1" is made for another processor architecture than this host (exec format error)',
    );
  });

  test('an interpreter that is not in the image', () => {
    assert.match(
      sentence('exec /e.sh: no such file or directory\n') ?? '',
      /^"\/e\.sh" of image "img:1" cannot be run: /,
    );
  });

  test('anything else that an entrypoint may print', () => {
    assert.equal(sentence('sh: exec: /x: not found\n'), undefined);
    assert.equal(sentence(''), undefined);
  });
});
