import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConfig } from '../../../agent/config/check/check-config.ts';
import type { DockerConfig } from '../../../agent/config/schema/docker.ts';
import { mirrorReferences } from '../../../agent/images/registry/mirror-references.ts';
import { checkImage } from '../../../agent/images/rules/check-image.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';

const [mirrors, mirrored, rules, ruled] = (await markdownBlocks('pulling.md')).map(({ text }) => text);

function dockerConfig(text = ''): DockerConfig {
  const { config, errors, unknownKeys, unimplemented } = checkConfig(text, { GITLAB_RUNNER_TOKEN: 'glrt-x' });
  assert.deepEqual([errors, unknownKeys, unimplemented], [[], [], []]);
  const docker = config?.runners[0]?.docker;
  assert.ok(docker);
  return docker;
}

/** The lines of a `text` block as the agent would write them. */
const answered = (block = '', answer: (image: string) => string): string =>
  block.replaceAll(/^(\S+) -> .*$/gm, (_, image: string) => `${image} -> ${answer(image)}`);

test('pulling.md: mirrors', () => {
  const { registry_mirrors: list } = dockerConfig(mirrors);
  const names = (image: string): string =>
    mirrorReferences(image, list)
      .map((place) => place.reference)
      .join(', ');
  assert.equal(answered(mirrored, names), mirrored);
});

test('pulling.md: which images jobs may use', () => {
  const { allowed_images: allowed, require_digest: requireDigest } = dockerConfig(rules);
  const answer = (image: string): string => {
    try {
      checkImage(image, { purpose: 'images', allowed, configured: [], requireDigest });
      return 'yes';
    } catch {
      return 'no';
    }
  };
  assert.equal(answered(ruled, answer), ruled);
  assert.match(ruled ?? '', /yes[^]*no/);
});
