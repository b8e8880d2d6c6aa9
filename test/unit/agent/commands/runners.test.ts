import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { json, RecordingServer, type Answer } from '../../../support/recording-server.ts';
import { runAgent, type AgentRun } from '../../../support/run-agent.ts';
import { tempDir } from '../../../support/temp-dir.ts';

interface Outcome extends AgentRun {
  /** The config file afterwards, with the server's URL as `URL`. */
  readonly text: string;
  readonly requests: readonly string[];
}

const entry = (name: string, token = `glrt-${name}-0123456789`): string =>
  `# about ${name}\n[[runners]]\n  name = "${name}"\n  url = "URL"\n  token = "${token}"\n  executor = "docker"\n`;
const two = `concurrent = 1\n${entry('one')}${entry('two')}`;
const valid = json(200, { id: 7, token: 'glrt-x', token_expires_at: null });
const refused = json(403, { message: '403 Forbidden' });

/** Runs a command on a config file against a coordinator that gives these answers one after the other. */
async function onConfig(text: string, args: readonly string[], ...answers: readonly Answer[]): Promise<Outcome> {
  await using dir = await tempDir();
  await using server = await RecordingServer.start();
  server.answer(...(answers.length > 0 ? answers : [{ status: 500 }]));
  const config = dir.file('config.toml');
  await writeFile(config, text.replaceAll('URL', server.url));
  const [command = '', ...rest] = args.map((arg) => arg.replaceAll('URL', server.url));
  const run = await runAgent([command, '--config', config, ...rest]);
  return {
    ...run,
    text: (await readFile(config, 'utf8')).replaceAll(server.url, 'URL'),
    requests: server.requests.map(({ method, path, body }) => `${method} ${path} ${JSON.parse(body).token}`),
  };
}

describe('verify', () => {
  for (const [title, args, answers, code, asked] of [
    ['every runner', [], [valid], 0, ['one', 'two']],
    ['--name', ['--name', 'two'], [valid], 0, ['two']],
    ['--url and --token', ['-u', 'URL/ci', '-t', 'glrt-one-0123456789'], [valid], 0, ['one']],
    ['a name that nobody has', ['--name', 'nobody'], [valid], 1, []],
    ['one of two refused', [], [refused, valid], 1, ['one', 'two']],
    ['a coordinator that answers 418', ['--name', 'one'], [{ status: 418 }], 1, ['one']],
  ] as const) {
    test(title, async () => {
      const outcome = await onConfig(two, ['verify', ...args], ...answers);
      assert.equal(outcome.code, code, outcome.stderr);
      assert.deepEqual(
        outcome.requests,
        asked.map((name) => `POST /api/v4/runners/verify glrt-${name}-0123456789`),
      );
      assert.equal(outcome.text, two);
    });
  }

  test('--delete takes a refused runner out and exits 0', async () => {
    const outcome = await onConfig(two, ['verify', '--delete'], refused, valid);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(outcome.text, `concurrent = 1\n# about one\n${entry('two')}`);
  });

  test('--delete keeps a runner whose coordinator does not answer', async () => {
    const outcome = await onConfig(two, ['verify', '--delete'], { drop: true });
    assert.equal(outcome.code, 1);
    assert.equal(outcome.text, two);
  });
});

describe('unregister', () => {
  test('--all-runners signs off the managers and leaves the rest of the file', async () => {
    const outcome = await onConfig(two, ['unregister', '--all-runners'], { status: 204 });
    assert.equal(outcome.code, 0, outcome.stderr);
    const manager = 'DELETE /api/v4/runners/managers';
    assert.deepEqual(outcome.requests, [`${manager} glrt-one-0123456789`, `${manager} glrt-two-0123456789`]);
    assert.equal(outcome.text, 'concurrent = 1\n# about one\n# about two\n');
  });

  test('a runner of a registration token is removed itself', async () => {
    const outcome = await onConfig(entry('one', 'legacy-1'), ['unregister', '--name', 'one'], { status: 204 });
    assert.deepEqual(outcome.requests, ['DELETE /api/v4/runners legacy-1']);
  });

  test('after a 403 the entry stays and the exit code is 1', async () => {
    const outcome = await onConfig(two, ['unregister', '--name', 'one'], refused);
    assert.equal(outcome.code, 1);
    assert.equal(outcome.text, two);
    assert.match(outcome.stderr, /one: .*403.*its entry stays/);
  });

  test('--url and --token of a runner that has no entry', async () => {
    const outcome = await onConfig('', ['unregister', '-u', 'URL', '-t', 'glrt-other'], { status: 204 });
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.deepEqual(outcome.requests, ['DELETE /api/v4/runners/managers glrt-other']);
  });
});

describe('reset-token', () => {
  const fresh = json(201, { token: 'glrt-fresh', token_expires_at: '2027-01-01T00:00:00.000Z' });

  test('writes the new token and its times in the place of the old ones', async () => {
    const outcome = await onConfig(two, ['reset-token', '--name', 'one'], fresh);
    assert.equal(outcome.code, 0, outcome.stderr);
    const times = /token_obtained_at = \S+Z\n {2}token_expires_at = 2027-01-01T00:00:00Z\n/;
    assert.match(outcome.text, times);
    assert.equal(
      outcome.text.replace(new RegExp(` *${times.source}`), ''),
      two.replace('glrt-one-0123456789', 'glrt-fresh'),
    );
    assert.ok(!outcome.stdout.includes('glrt-fresh'));
  });

  test('a refusal leaves the entry as it is', async () => {
    const outcome = await onConfig(two, ['reset-token', '--name', 'one'], refused);
    assert.deepEqual([outcome.code, outcome.text], [1, two]);
  });
});

describe('list', () => {
  test('shows the runners with short tokens and asks nobody', async () => {
    const outcome = await onConfig(two, ['list']);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /^one +Executor=docker Token=one-01234 URL=http/m);
    assert.ok(!outcome.stdout.includes('0123456789'));
    assert.deepEqual(outcome.requests, []);
  });

  test('without a file: exit code 0, and none is made', async () => {
    await using dir = await tempDir();
    const run = await runAgent(['list', '--config', dir.file('config.toml')]);
    assert.equal(run.code, 0);
    await assert.rejects(stat(dir.file('config.toml')));
  });
});

describe('lint', () => {
  test('a good file', async () => assert.equal((await onConfig(two, ['lint'])).code, 0));

  test('an unknown key is a problem here', async () => {
    const outcome = await onConfig(`conkurrent = 1\n${two}`, ['lint']);
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /config\.toml:1:1: conkurrent is not a known key; did you mean concurrent\?/);
  });

  test('a byte order mark is no problem', async () => assert.equal((await onConfig(`\uFEFF${two}`, ['lint'])).code, 0));

  test('a value that fails jobs is a problem here', async () => {
    const outcome = await onConfig(`${two}\n[runners.docker]\ncpus = "many"\n`, ['lint']);
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /config\.toml:\d+:1: cpus = "many" in \[runners\.docker\]: expected a number of CPUs/);
  });

  test('a missing file', async () => {
    const run = await runAgent(['lint', '--config', '/nonexistent/config.toml']);
    assert.equal(run.code, 1);
    assert.match(run.stderr, /cannot be read \(ENOENT\)/);
  });
});
