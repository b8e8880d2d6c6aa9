import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DockerError,
  EngineUnreachableError,
  isGone,
  isNotFound,
  toDockerError,
} from '../../../../agent/docker/docker-error.ts';

/** As the client library rejects: a status, the engine's JSON, and a message of its own. */
const refusal = (statusCode: number, json: unknown, message: string): Error =>
  Object.assign(new Error(message), { statusCode, json, reason: 'x' });
const systemError = (code: string): Error => Object.assign(new Error(`connect ${code} /x.sock`), { code });

describe('toDockerError', () => {
  test("the engine's own sentence and status", () => {
    const cause = refusal(404, { message: 'No such image: x' }, '(HTTP code 404) no such image - No such image: x ');
    const error = toDockerError(cause, 'unix:///x');
    assert.ok(error instanceof DockerError);
    assert.deepEqual([error.message, error.status, error.cause], ['No such image: x', 404, cause]);
  });

  for (const json of [undefined, null, 'text', {}, { message: 5 }])
    test(`without its JSON (${JSON.stringify(json)}) the library's text is stripped`, () => {
      const error = toDockerError(refusal(500, json, '(HTTP code 500) server error - disk full '), 'h');
      assert.equal((error as Error).message, 'disk full');
    });

  for (const [code, sentence] of [
    ['ENOENT', /^no Docker Engine at unix:\/\/\/x: start it, or set "host"/],
    ['ECONNREFUSED', /^nothing listens at unix:\/\/\/x/],
    ['EACCES', /^no permission to use the Docker Engine at unix:\/\/\/x/],
    ['ECONNRESET', /^the connection to the Docker Engine at unix:\/\/\/x broke \(ECONNRESET\)$/],
  ] as const)
    test(`${code} says what to do`, () => {
      const error = toDockerError(systemError(code), 'unix:///x');
      assert.ok(error instanceof EngineUnreachableError);
      assert.match(error.message, sentence);
      assert.deepEqual([error.code, error.host], [code, 'unix:///x']);
    });

  test('an abort, our own errors and things that are no errors pass through', () => {
    const abort = new DOMException('stop', 'AbortError');
    for (const thrown of [abort, new DockerError('x', 500), new TypeError('bug'), 'text', undefined])
      assert.equal(toDockerError(thrown, 'h'), thrown);
  });
});

describe('guards', () => {
  test('not found', () => {
    assert.equal(isNotFound(new DockerError('x', 404)), true);
    for (const other of [new DockerError('x', 409), new Error('404'), undefined])
      assert.equal(isNotFound(other), false);
  });

  for (const [message, status, gone] of [
    ['No such container: x', 404, true],
    ['removal of container x is already in progress', 409, true],
    ['cannot kill container: x: container x is not running', 409, true],
    ['Conflict. The container name "/x" is already in use', 409, false],
    ['volume is in use', 409, false],
    ['is not running', 500, false],
  ] as const)
    test(`${status} ${message}: ${gone ? 'gone' : 'not gone'}`, () =>
      assert.equal(isGone(new DockerError(message, status)), gone));
});
