import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imagePlace, registryHost } from '../../../../../agent/images/registry/image-place.ts';

const digest = `sha256:${'0'.repeat(64)}`;

for (const [reference, registry, repository, tag] of [
  ['alpine', 'docker.io', 'library/alpine', 'latest'],
  ['alpine:3', 'docker.io', 'library/alpine', '3'],
  ['group/app', 'docker.io', 'group/app', 'latest'],
  ['docker.io/alpine', 'docker.io', 'library/alpine', 'latest'],
  ['index.docker.io/library/alpine', 'docker.io', 'library/alpine', 'latest'],
  ['Registry.Example.com/app:1', 'registry.example.com', 'app', '1'],
  ['registry.example.com:5000/group/app', 'registry.example.com:5000', 'group/app', 'latest'],
  ['localhost/app', 'localhost', 'app', 'latest'],
  ['[::1]:5000/app', '[::1]:5000', 'app', 'latest'],
  [`ghcr.io/a/b@${digest}`, 'ghcr.io', 'a/b', undefined],
  [`ghcr.io/a/b:7@${digest}`, 'ghcr.io', 'a/b', '7'],
] as const) {
  test(`${reference} is ${repository} at ${registry}`, () => {
    const place = imagePlace(reference);
    assert.deepEqual([place?.registry, place?.repository, place?.tag], [registry, repository, tag]);
    assert.equal(place?.digest, reference.includes('@') ? digest : undefined);
  });
}

test('what is no reference is nowhere; Docker Hub is served by another host', () => {
  assert.equal(imagePlace('Not An Image'), undefined);
  assert.equal(registryHost('docker.io'), 'registry-1.docker.io');
  assert.equal(registryHost('ghcr.io'), 'ghcr.io');
});
