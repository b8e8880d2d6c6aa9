import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkConfig } from '../../../agent/config/check/check-config.ts';
import { implementedKeys } from '../../../agent/config/check/implemented-keys.ts';
import { formatProblem } from '../../../agent/config/config-error.ts';
import { dockerTable } from '../../../agent/config/schema/docker.ts';
import { accepted } from '../../support/job-fixture.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';

const blocks = await markdownBlocks('config.md');

for (const [index, { language, text }] of blocks.entries()) {
  if (language !== 'toml') continue;
  test(`config.md: the example that begins with "${text.split('\n')[0]}"`, () => {
    const { errors, unknownKeys, unimplemented } = checkConfig(text, { GITLAB_RUNNER_TOKEN: 'glrt-x' });
    const next = blocks[index + 1];
    const said = [...errors, ...unknownKeys].map((problem) => `${formatProblem('config.toml', problem)}\n`).join('');
    assert.equal(said, next?.language === 'text' ? next.text : '');
    assert.deepEqual(unimplemented, []);
  });
}

test('config.md has examples with and without problems', () => {
  assert.deepEqual(
    blocks.map(({ language }) => language),
    ['toml', 'toml', 'text', 'toml', 'text'],
  );
});

const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'config.md'), 'utf8');
const rows = page
  .split('\n')
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7 && cells[1]?.startsWith('`'));

test('config.md has every key of [runners.docker]', () => {
  const named = rows.flatMap((cells) => [...(cells[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, key = '']) => key));
  assert.deepEqual(named.toSorted(), Object.keys(dockerTable.shape).toSorted());
});

for (const cells of rows) {
  const example = /^`(.*)`$/.exec(cells[5] ?? '')?.[1];
  test(`config.md: ${example ?? `${cells[1]} has no effect`}`, () => {
    const head = '[[runners]]\nurl = "https://gitlab.example.com"\ntoken = "glrt-x"\n[runners.docker]\n';
    const keys = [...(cells[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, key]) => `runners.docker.${key}`);
    if (example === undefined) return assert.ok(keys.every((key) => !implementedKeys.has(key)));
    assert.ok(keys.some((key) => key === `runners.docker.${example.split(' ')[0]}`));
    const { config, errors, unknownKeys, unimplemented } = checkConfig(head + example);
    assert.deepEqual([errors, unknownKeys, unimplemented], [[], [], []]);
    const docker = { ...config?.runners[0]?.docker };
    assert.doesNotThrow(() => accepted({ docker, payload: { image: { name: 'ruby:3' } } }));
  });
}
