import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConfig } from '../../../agent/config/check/check-config.ts';
import { joinAllowedHelpers } from '../../../agent/config/schema/credential-helpers.ts';
import type { AuthSource } from '../../../agent/images/auth/auth-source.ts';
import { authConfigOf } from '../../../agent/images/auth/read-auth-sources.ts';
import { answering, helperDir } from '../../support/helper-dir.ts';
import { markdownBlocks, type MarkdownBlock } from '../../support/markdown-blocks.ts';
import { resolverOf } from '../../support/resolve-auth.ts';

const job = { name: '$DOCKER_AUTH_CONFIG', provenance: 'job' } as const;
const runner = { name: '$DOCKER_AUTH_CONFIG (runner environment)', provenance: 'operator' } as const;
const home = { name: '~/.docker/config.json', provenance: 'operator' } as const;

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const blocks = await markdownBlocks('registries.md');

/** The blocks that belong to one `text` block, and that itself. */
function examples(): MarkdownBlock[][] {
  const groups: MarkdownBlock[][] = [[]];
  for (const block of blocks) {
    groups.at(-1)?.push(block);
    if (block.language === 'text') groups.push([]);
  }
  return groups.slice(0, -1);
}

function readConfig(text: string) {
  const { config, errors, unknownKeys, unimplemented } = checkConfig(text, { GITLAB_RUNNER_TOKEN: 'glrt-x' });
  assert.deepEqual([errors, unknownKeys, unimplemented], [[], [], []]);
  const entry = config?.runners[0];
  assert.ok(entry);
  const allowed = joinAllowedHelpers(
    entry.allowed_docker_credential_helpers,
    entry.docker.allowed_docker_credential_helpers,
  );
  return { allowed, environment: authConfigOf(entry.environment) };
}

/** What the agent makes of an example, in the words of the page. */
async function outcome(group: readonly MarkdownBlock[], jsonIs: Omit<AuthSource, 'text'>): Promise<string> {
  await using helpers = await helperDir();
  await helpers.add('pass', answering('registry.example.com', 'carol', 'pw'));
  await helpers.add('ecr-login', answering(ECR, 'AWS', 'pw'));
  const toml = group.find(({ language }) => language === 'toml');
  const { allowed, environment } = toml === undefined ? { allowed: {}, environment: undefined } : readConfig(toml.text);
  const json = group.filter(({ language }) => language === 'json').map(({ text }) => ({ ...jsonIs, text }));
  const sources = [...json, ...(environment === undefined ? [] : [{ ...runner, text: environment }])];
  const { resolver, warnings } = resolverOf(sources, { env: helpers.env, allowed });
  const lines: string[] = [];
  for (const line of (group.at(-1)?.text ?? '').split('\n')) {
    const [, image] = /^(\S+) -> /.exec(line) ?? [];
    if (image === undefined) continue;
    const [best] = await resolver.candidates(image);
    lines.push(`${image} -> ${best === undefined ? 'nobody' : `${best.username} from ${best.source}`}`);
  }
  return [...lines, ...warnings.map((text) => `WARNING: ${text}`), ''].join('\n');
}

const titles = [
  'one project',
  'a runner',
  'a store',
  'ECR',
  'several registries',
  'a mirror',
  'a checksum',
  'the gate',
  'broken',
];

for (const [index, group] of examples().entries())
  test(`registries.md: ${titles[index]}`, async () => {
    const fromHome = ['a store', 'ECR'].includes(titles[index] ?? '');
    assert.equal(await outcome(group, fromHome ? home : job), group.at(-1)?.text);
  });

test('registries.md has all its examples', () => {
  assert.equal(examples().length, titles.length);
});
