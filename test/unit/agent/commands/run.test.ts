import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { runAgent, type AgentRun, type AgentRunOptions } from '../../../support/run-agent.ts';
import { tempDir, type TempDir } from '../../../support/temp-dir.ts';

function run(dir: TempDir, options?: AgentRunOptions): Promise<AgentRun> {
  return runAgent(['run', '--config', dir.file('config.toml'), '--state-dir', dir.file('state')], options);
}

/** Runs the daemon until it has started, does `meanwhile`, and ends it by one SIGTERM. */
async function whileRunning(dir: TempDir, meanwhile: () => Promise<void> = async () => {}): Promise<AgentRun> {
  const started = Promise.withResolvers<ChildProcess>();
  const ended = run(dir, {
    onOutput: (text, child) => {
      if (text.includes('Started')) started.resolve(child);
    },
  });
  const child = await Promise.race([started.promise, ended]);
  if (!('kill' in child)) return child;
  try {
    await meanwhile();
  } finally {
    child.kill('SIGTERM');
  }
  return ended;
}

describe('run', () => {
  for (const [title, text, pattern] of [
    ['a syntax error', 'concurrent = = 1\n', /config\.toml:1:14: this is not valid TOML/],
    ['concurrent = 0', 'concurrent = 0\n', /config\.toml:1:1: concurrent: expected at least 1, found 0/],
    ['a wrong type', 'concurrent = "many"\n', /config\.toml:1:1: concurrent: expected a whole number/],
    ['a missing token', '[[runners]]\n  url = "http://x"\n', /config\.toml:1:1: runners\.token is missing/],
  ] as const) {
    test(`${title}: exit code 2 with file, line and key`, async () => {
      await using dir = await tempDir();
      await writeFile(dir.file('config.toml'), text);
      const { code, stderr } = await run(dir);
      assert.equal(code, 2);
      assert.match(stderr, pattern);
    });
  }

  test('without a config file it keeps running; SIGTERM ends it with 0', async () => {
    await using dir = await tempDir();
    assert.equal((await whileRunning(dir)).code, 0);
  });

  test('unknown keys and keys without effect are named', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), 'warp = 9\nconkurrent = 2\nsentry_dsn = "x"\n');
    const { code, stderr } = await whileRunning(dir);
    assert.equal(code, 0);
    assert.match(stderr, /config\.toml:1:1: warp is not a known key/);
    assert.match(stderr, /did you mean concurrent\?/);
    assert.match(stderr, /no effect in this version: sentry_dsn/);
  });

  test('a second agent on the same file is refused with the process id of the first', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), 'concurrent = 1\n');
    const first = await whileRunning(dir, async () => {
      const second = await run(dir);
      assert.equal(second.code, 2);
      assert.match(second.stderr, /config\.toml is in use by process \d+/);
    });
    assert.equal(first.code, 0);
    assert.equal((await whileRunning(dir)).code, 0, 'afterwards the file is free again');
  });
});
