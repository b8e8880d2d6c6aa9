import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { runAgent } from '../../../support/run-agent.ts';
import { tempDir } from '../../../support/temp-dir.ts';

test('run-single keeps its state in a directory of its own and removes it at its end', async () => {
  await using dir = await tempDir();
  const state = dir.file('state');
  const seen: string[] = [];
  const args = ['run-single', '--config', dir.file('config.toml'), '--state-dir', state, '--url', 'http://127.0.0.1:9'];
  const note = (): void => void seen.push(...readdirSync(state).filter((name) => name.startsWith('single-')));
  const { code, stderr } = await runAgent([...args, '--wait-timeout', '1'], {
    env: { CI_SERVER_TOKEN: 'glrt-0123456789abcdefghij' },
    onOutput: note,
  });
  assert.equal(code, 0, stderr);
  assert.match(seen[0] ?? '', /^single-\d+-[0-9a-f]{8}$/);
  assert.deepEqual(readdirSync(state), []);
});
