import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirrorReferences } from '../../../../../agent/images/registry/mirror-references.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const hub = { registry: 'docker.io', url: 'https://Mirror.example.com/hub/' };
const second = { registry: 'index.docker.io', url: 'http://10.0.0.1:5000' };
const github = { registry: 'ghcr.io', url: 'https://mirror.example.com/ghcr' };
const names = (reference: string, ...mirrors: (typeof hub)[]): string[] =>
  mirrorReferences(reference, mirrors).map((candidate) => candidate.reference);

test('mirrors come first, as configured, and the origin as it was asked for comes last', () => {
  assert.deepEqual(names('alpine', hub, github, second), [
    'mirror.example.com/hub/library/alpine:latest',
    '10.0.0.1:5000/library/alpine:latest',
    'alpine',
  ]);
  assert.deepEqual(names('ghcr.io/a/b:1', hub, github), ['mirror.example.com/ghcr/a/b:1', 'ghcr.io/a/b:1']);
});

test('tag and digest are kept', () => {
  assert.deepEqual(names(`docker.io/group/app:2@${digest}`, hub), [
    `mirror.example.com/hub/group/app:2@${digest}`,
    `docker.io/group/app:2@${digest}`,
  ]);
  assert.equal(names(`alpine@${digest}`, hub)[0], `mirror.example.com/hub/library/alpine@${digest}`);
});

test('other registries have no mirror, nor has a registry itself, and one mirror counts once', () => {
  assert.deepEqual(names('quay.io/a/b', hub, github), ['quay.io/a/b']);
  assert.deepEqual(names('ghcr.io:443/a/b', github), ['ghcr.io:443/a/b']);
  assert.deepEqual(names('ghcr.io/a/b', { registry: 'ghcr.io', url: 'https://ghcr.io' }), ['ghcr.io/a/b']);
  assert.equal(names('alpine', hub, hub).length, 2);
  assert.deepEqual(names('Not An Image', hub), ['Not An Image']);
});

test('each name tells its mirror', () => {
  const mirrors = mirrorReferences('alpine', [hub, second]).map(({ mirror }) => mirror);
  assert.deepEqual(mirrors, ['mirror.example.com/hub', '10.0.0.1:5000', undefined]);
});
