import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, test } from 'node:test';
import { parse } from 'toml';
import type { TomlTable } from '../../../../agent/config/check/parse-toml.ts';
import { json, RecordingServer, type Answer } from '../../../support/recording-server.ts';
import { runAgent, type AgentRun, type AgentRunOptions } from '../../../support/run-agent.ts';
import { tempDir, type TempDir } from '../../../support/temp-dir.ts';

const identity = json(200, { id: 7, token: 'glrt-one', token_expires_at: null });
const created = json(201, { id: 8, token: 'legacy-token', token_expires_at: '2027-01-01T00:00:00.000Z' });
const withImage = ['--docker-image', 'busybox:latest'];

interface Bench extends AsyncDisposable {
  readonly dir: TempDir;
  readonly server: RecordingServer;
  readonly config: string;
  register(args: readonly string[], options?: AgentRunOptions): Promise<AgentRun>;
  entry(): Promise<TomlTable>;
}

async function bench(answer: Answer = identity): Promise<Bench> {
  const [dir, server] = [await tempDir(), await RecordingServer.start()];
  server.answer(answer);
  const config = dir.file('config.toml');
  return {
    dir,
    server,
    config,
    register: (args, options) =>
      runAgent(['register', '--config', config, '--non-interactive', '--url', server.url, ...args], options),
    entry: async () => parse(await readFile(config, 'utf8')).runners[0],
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe('register', () => {
  test('an authentication token is verified once and becomes an entry of mode 0600', async () => {
    await using b = await bench();
    const run = await b.register(['--token', 'glrt-one', '--name', 'one', ...withImage]);
    assert.equal(run.code, 0, run.stderr);
    assert.deepEqual(
      b.server.requests.map(({ method, path }) => `${method} ${path}`),
      ['POST /api/v4/runners/verify'],
    );
    assert.equal((await stat(b.config)).mode & 0o777, 0o600);
    const text = await readFile(b.config, 'utf8');
    const obtained = /token_obtained_at = (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n/.exec(text)?.[1] ?? '';
    assert.ok(Math.abs(Date.parse(obtained) - Date.now()) < 60_000, obtained);
    assert.equal(
      text.replace(obtained, 'NOW'),
      `concurrent = 1
check_interval = 0

[[runners]]
  name = "one"
  url = "${b.server.url}"
  id = 7
  token = "glrt-one"
  token_obtained_at = NOW
  token_expires_at = 0001-01-01T00:00:00Z
  executor = "docker"
  [runners.docker]
    tls_verify = false
    image = "busybox:latest"
    privileged = false
    disable_entrypoint_overwrite = false
    oom_kill_disable = false
    disable_cache = false
    volumes = ["/cache"]
    shm_size = 0
    network_mtu = 0
`,
    );
    assert.ok(!(run.stdout + run.stderr).includes('glrt-one'), 'the token is not printed');
    const body = JSON.parse(b.server.requests[0]?.body ?? '');
    assert.equal(body.system_id, await readFile(b.dir.file('.runner_system_id'), 'utf8'));
  });

  test('a registration token is exchanged, with the attributes of the server', async () => {
    await using b = await bench(created);
    const options = ['--tag-list', 'a,b', '--run-untagged=false', '--locked=false', '--maximum-timeout', '900'];
    const run = await b.register(['-r', 'GR1348941x', ...options, '--paused', ...withImage]);
    assert.equal(run.code, 0, run.stderr);
    const { info: _, token, ...body } = JSON.parse(b.server.requests[0]?.body ?? '');
    assert.equal(token, 'GR1348941x');
    assert.deepEqual(body, {
      description: hostname(),
      run_untagged: false,
      locked: false,
      paused: true,
      tag_list: 'a,b',
      maximum_timeout: 900,
    });
    const { token: kept, token_expires_at: expires, id } = await b.entry();
    assert.deepEqual([kept, expires, id], ['legacy-token', new Date('2027-01-01T00:00:00Z'), 8]);
  });

  for (const [title, args, env] of [
    ['--tag-list with an authentication token', ['--token', 'glrt-one', '--tag-list', 'a'], {}],
    ['--locked=false with an authentication token', ['--token', 'glrt-one', '--locked=false'], {}],
    ['RUNNER_TAG_LIST with an authentication token', ['--token', 'glrt-one'], { RUNNER_TAG_LIST: 'a' }],
    ['two kinds of token', ['--token', 'glrt-one', '--registration-token', 'x'], {}],
    ['no token', [], {}],
    ['another executor', ['--token', 'glrt-one', '--executor', 'shell'], {}],
    ['an unknown access level', ['-r', 'GR1348941x', '--access-level', 'all'], {}],
    ['a wrong URL', ['--token', 'glrt-one', '--url', 'gitlab.example.com:x/'], {}],
  ] as const) {
    test(`${title} is refused with exit code 2 before any request`, async () => {
      await using b = await bench();
      const run = await b.register([...args, ...withImage], { env });
      assert.equal(run.code, 2, run.stderr);
      assert.match(run.stderr, /^ERROR: /);
      assert.equal(b.server.requests.length, 0);
      await assert.rejects(stat(b.config));
    });
  }

  for (const [title, answer, pattern] of [
    ['a wrong token', json(403, { message: '403 Forbidden' }), /does not know this runner token.*403 Forbidden/],
    ['no GitLab there', { status: 404 }, /has no runner API/],
    ['an empty identity', json(200, {}), /id/],
  ] as const) {
    test(`${title}: exit code 1 and a sentence, no entry`, async () => {
      await using b = await bench(answer);
      const run = await b.register(['--token', 'glrt-one', ...withImage]);
      assert.equal(run.code, 1);
      assert.match(run.stderr, pattern);
      await assert.rejects(stat(b.config));
    });
  }

  test('registration tokens switched off (410): the sentence says what to do', async () => {
    await using b = await bench(json(410, { message: '410 Gone' }));
    const run = await b.register(['-r', 'GR1348941x', ...withImage]);
    assert.equal(run.code, 1);
    assert.match(run.stderr, /switched off/);
    assert.match(run.stderr, /--token/);
  });

  test('a coordinator that is away: exit code 1 and its URL', async () => {
    await using b = await bench({ drop: true });
    const run = await b.register(['--token', 'glrt-one', ...withImage]);
    assert.equal(run.code, 1);
    assert.match(run.stderr, new RegExp(`${b.server.url} does not answer`));
  });

  test('a broken config file is found before the coordinator is asked', async () => {
    await using b = await bench();
    await writeFile(b.config, 'concurrent = = 1\n');
    const run = await b.register(['--token', 'glrt-one', ...withImage]);
    assert.equal(run.code, 2);
    assert.match(run.stderr, /config\.toml:1:/);
    assert.equal(b.server.requests.length, 0);
  });

  test('a folder that cannot be written is found before the coordinator is asked', async () => {
    await using b = await bench();
    await writeFile(b.dir.file('file'), '');
    const args = ['register', '--non-interactive', '--url', b.server.url, '--token', 'glrt-one', ...withImage];
    const run = await runAgent([...args, '--config', b.dir.file('file/config.toml')]);
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, /ENOTDIR|EEXIST/);
    assert.equal(b.server.requests.length, 0);
  });

  test('a runner whose entry cannot be written is unregistered again', async () => {
    await using b = await bench();
    const breakFile = {
      ...created,
      get hold() {
        return writeFile(b.config, 'concurrent = = 1\n');
      },
    };
    b.server.answer(breakFile, { status: 204 });
    const run = await b.register(['-r', 'GR1348941x', ...withImage]);
    assert.equal(run.code, 2, run.stderr);
    const [, second] = b.server.requests;
    assert.deepEqual(
      [second?.method, second?.path, second?.body],
      ['DELETE', '/api/v4/runners', '{"token":"legacy-token"}'],
    );
  });

  test('--leave-runner keeps it at the coordinator', async () => {
    await using b = await bench();
    const breakFile = {
      ...created,
      get hold() {
        return writeFile(b.config, 'concurrent = = 1\n');
      },
    };
    b.server.answer(breakFile, { status: 204 });
    await b.register(['-r', 'GR1348941x', '--leave-runner', ...withImage]);
    assert.equal(b.server.requests.length, 1);
  });

  test('SIGINT during the request ends it with exit code 1 and no entry', async () => {
    await using b = await bench();
    let pid = 0;
    const interrupt = {
      ...identity,
      get hold() {
        process.kill(pid, 'SIGINT');
        return new Promise(() => {});
      },
    };
    b.server.answer(interrupt);
    const run = await b.register(['--token', 'glrt-one', ...withImage], { onStart: (started) => (pid = started) });
    assert.equal(run.code, 1);
    assert.match(run.stderr, /interrupted, nothing was registered/);
    await assert.rejects(stat(b.config));
  });
});
