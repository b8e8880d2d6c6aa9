import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { PullProgress } from '../../../../agent/docker/docker-client.ts';
import { DockerError } from '../../../../agent/docker/docker-error.ts';
import { followPull } from '../../../../agent/docker/follow-pull.ts';

const lines = (...values: unknown[]): PassThrough => {
  const stream = new PassThrough();
  stream.end(values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\r\n`).join(''));
  return stream;
};

describe('followPull', () => {
  test('progress in our words', async () => {
    const seen: PullProgress[] = [];
    const stream = lines(
      { status: 'Pulling from library/x', id: '1' },
      { status: 'Downloading', id: 'ab', progressDetail: { current: 0, total: 10 }, progress: '[> ]' },
      { status: 'Done', progressDetail: {} },
    );
    await followPull(stream, (progress) => void seen.push(progress));
    assert.deepEqual(seen, [
      { id: '1', status: 'Pulling from library/x' },
      { id: 'ab', status: 'Downloading', current: 0, total: 10 },
      { status: 'Done' },
    ]);
  });

  for (const [what, line, message, status] of [
    [
      'its detail',
      { errorDetail: { message: 'manifest unknown', code: 404 }, error: 'short' },
      'manifest unknown',
      404,
    ],
    ['its text', { error: 'toomanyrequests' }, 'toomanyrequests', 500],
    ['nothing', { errorDetail: {} }, 'pull failed', 500],
  ] as const)
    test(`an error line rejects with ${what}`, async () => {
      const following = followPull(lines({ status: 'a' }, line), () => {});
      await assert.rejects(following, new DockerError(message, status));
    });

  test('lines that are no objects are skipped', async () => {
    let count = 0;
    await followPull(lines('', 'not json', '5', 'null', { status: 'ok' }), () => void (count += 1));
    assert.equal(count, 1);
  });

  test('a connection that breaks rejects', { timeout: 5000 }, async () => {
    const stream = new PassThrough();
    stream.write('{"status":"a"}\n');
    const following = followPull(stream, () => {});
    setImmediate(() => stream.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
    await assert.rejects(following, /aborted/);
  });
});
