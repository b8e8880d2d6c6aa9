import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outputHint } from '../../../../../agent/container/failure/output-hint.ts';

describe('outputHint', () => {
  const printed: readonly (readonly [line: string, hint: RegExp])[] = [
    ['cp: write error: No space left on device', /no space left/],
    ['Error: ENOSPC: no space left on device, write', /no space left/],
    ['dd: error writing: Disk quota exceeded', /no space left/],
    ['touch: /sys/x: Read-only file system', /read-only file system/],
    ['nc: bind: Address already in use', /port that is taken/],
    ['OSError: [Errno 98] Address in use', /port that is taken/],
    ['listen EADDRINUSE: address already in use :::3000', /port that is taken/],
    ['fork: Cannot allocate memory', /memory that was not given/],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', /memory that was not given/],
    ['curl: (6) Could not resolve host: example.test', /could not be resolved/],
    ["wget: bad address 'example.test'", /could not be resolved/],
    ['remote: HTTP Basic: Access denied. The provided password or token is incorrect', /credentials that were refused/],
    ['fatal: unable to access: SSL certificate problem: unable to get local issuer certificate', /TLS certificate/],
    ['Cannot connect to the Docker daemon at tcp://docker:2375.', /no Docker daemon/],
    ['sh: ./tool: Exec format error', /another processor architecture/],
  ];
  for (const [line, hint] of printed) test(line, () => assert.match(outputHint(`${line}\nexiting\n`) ?? '', hint));

  test('what is far up, or says nothing, is no hint', () => {
    assert.equal(outputHint(`No space left on device\n${'more\n'.repeat(30)}`), undefined);
    assert.equal(outputHint('assertion failed\n'), undefined);
    assert.equal(outputHint(''), undefined);
  });

  test('the last of several counts', () => {
    assert.match(outputHint('Read-only file system\nNo space left on device\n') ?? '', /no space left/);
  });
});
