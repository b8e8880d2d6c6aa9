import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { runAgent, type AgentRun, type AgentRunOptions } from '../../../support/run-agent.ts';
import { tempDir, type TempDir } from '../../../support/temp-dir.ts';

function run(dir: TempDir, options?: AgentRunOptions, args: readonly string[] = []): Promise<AgentRun> {
  return runAgent(['run', '--config', dir.file('config.toml'), '--state-dir', dir.file('state'), ...args], options);
}

/** Runs the daemon until it has started, does `meanwhile`, and ends it by one SIGTERM. */
async function whileRunning(
  dir: TempDir,
  meanwhile: () => Promise<void> = async () => {},
  args: readonly string[] = [],
  options: AgentRunOptions = {},
): Promise<AgentRun> {
  const started = Promise.withResolvers<ChildProcess>();
  const onOutput = (text: string, child: ChildProcess): void => {
    if (text.includes('Started')) started.resolve(child);
  };
  const ended = run(dir, { ...options, onOutput }, args);
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

  test('a second agent with the same state directory is refused with the process id of the first', async () => {
    await using dir = await tempDir();
    const first = await whileRunning(dir, async () => {
      const args = ['run', '--config', dir.file('other.toml'), '--state-dir', dir.file('state')];
      const { code, stderr } = await runAgent(args);
      assert.equal(code, 2);
      assert.match(stderr, /^ERROR: .*\/state is in use by process \d+: .*--state-dir/m);
    });
    assert.equal(first.code, 0);
    assert.equal((await whileRunning(dir)).code, 0, 'afterwards the directory is free again');
  });

  test('a state directory that cannot be made ends it with 1 and the cause', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('state'), '');
    const { code, stderr } = await run(dir);
    assert.deepEqual([code, /the state directory cannot be used: .*EEXIST/.test(stderr)], [1, true], stderr);
  });
});

describe('what SIGTERM does', () => {
  test('it detaches when the command line says so: 0', async () => {
    await using dir = await tempDir();
    const ended = await whileRunning(dir, undefined, ['--on-sigterm', 'detach']);
    assert.equal(ended.code, 0);
    assert.match(ended.stderr, /running jobs go on/);
    assert.equal((await whileRunning(dir)).code, 0, 'the next start takes over what it held');
  });

  test('the environment and the config file say the same, the command line wins over both', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('config.toml'), 'on_sigterm = "detach"\n');
    assert.match((await whileRunning(dir)).stderr, /running jobs go on/);
    const env = { DOCKWORKER_ON_SIGTERM: 'abort' };
    assert.match((await whileRunning(dir, undefined, [], { env })).stderr, /running jobs are aborted/);
    assert.match(
      (await whileRunning(dir, undefined, ['--on-sigterm', 'detach'], { env })).stderr,
      /running jobs go on/,
    );
  });

  test('what nobody knows is refused', async () => {
    await using dir = await tempDir();
    const { code, stderr } = await run(dir, { env: { DOCKWORKER_ON_SIGTERM: 'explode' } });
    assert.equal(code, 2);
    assert.match(stderr, /explode.*abort, detach/);
    await writeFile(dir.file('config.toml'), 'on_sigterm = "explode"\n');
    assert.match((await run(dir)).stderr, /on_sigterm: expected abort or detach/);
  });
});
