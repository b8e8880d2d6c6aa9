import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DockerError } from '../../../../agent/docker/docker-error.ts';
import { isRateLimit, pullErrorKind } from '../../../../agent/images/pull-error.ts';

const table: readonly (readonly [kind: string, message: string])[] = [
  ['busy', 'toomanyrequests: You have reached your pull rate limit'],
  ['busy', 'error parsing HTTP 429 response body: invalid character \'a\': "a fault"'],
  ['busy', 'received unexpected HTTP status: 502 Bad Gateway'],
  ['busy', 'received unexpected HTTP status: 503 Service Unavailable'],
  ['denied', "pull access denied for x, repository does not exist or may require 'docker login': denied: no"],
  ['denied', 'Head "https://reg.example/v2/a/manifests/1": unauthorized: HTTP Basic: Access denied'],
  ['denied', 'Head "http://127.0.0.1:5000/v2/a/manifests/1": no basic auth credentials'],
  ['missing', 'manifest for reg.example/a:9 not found: manifest unknown: manifest unknown'],
  ['missing', 'no matching manifest for linux/s390x in the manifest list entries'],
  ['missing', 'name unknown: repository name not known to registry'],
  ['unreachable', 'Get "https://reg.example/v2/": dial tcp: lookup reg.example: no such host'],
  ['unreachable', 'Get "https://reg.example/v2/": net/http: TLS handshake timeout'],
  ['unreachable', 'unexpected EOF'],
  ['unreachable', 'read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer'],
  ['broken', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
  ['broken', 'failed to register layer: write /x: no space left on device'],
  ['broken', 'http: server gave HTTP response to HTTPS client'],
  ['broken', 'filesystem layer verification failed for digest sha256:00'],
  ['busy', 'unexpected status from HEAD request to https://reg.example/v2/a/manifests/1: 502 Bad Gateway'],
  ['unreachable', 'Get "http://127.0.0.1:502/v2/": dial tcp 127.0.0.1:502: connect: connection refused'],
  // a job chooses the name of the host
  ['unreachable', 'Get "https://denied.not-found.example/v2/toomanyrequests": dial tcp 10.0.0.1:443: i/o timeout'],
];

describe('pullErrorKind', () => {
  for (const [kind, message] of table)
    test(`${kind}: ${message}`, () => assert.equal(pullErrorKind(new DockerError(message, 500)), kind));
});

test('only a registry that was asked too often is asked how long to wait', () => {
  assert.ok(isRateLimit(new DockerError('toomanyrequests: slow down', 500)));
  assert.ok(!isRateLimit(new DockerError('received unexpected HTTP status: 502 Bad Gateway', 500)));
});
