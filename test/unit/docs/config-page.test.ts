import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConfig } from '../../../agent/config/check/check-config.ts';
import { formatProblem } from '../../../agent/config/config-error.ts';
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
