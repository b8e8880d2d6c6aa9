import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, test } from 'node:test';
import { parse } from 'toml';
import type { TomlTable } from '../../../../agent/config/check/parse-toml.ts';
import { json, RecordingServer } from '../../../support/recording-server.ts';
import { runAgent, type AgentRunOptions } from '../../../support/run-agent.ts';
import { tempDir } from '../../../support/temp-dir.ts';

interface Written {
  readonly entry: TomlTable;
  readonly docker: TomlTable;
  readonly stdout: string;
}

/** Runs `register` against a coordinator that agrees; gives the entry that it wrote. */
async function written(
  args: readonly string[],
  options: AgentRunOptions & { files?: Record<string, string> } = {},
): Promise<Written> {
  await using dir = await tempDir();
  await using server = await RecordingServer.start();
  server.answer(json(200, { id: 7, token: 'glrt-one', token_expires_at: null }));
  for (const [name, text] of Object.entries(options.files ?? {})) await writeFile(dir.file(name), text);
  const place = (text: string): string => text.replaceAll('URL', server.url).replaceAll('DIR', dir.path);
  const env = Object.fromEntries(Object.entries(options.env ?? {}).map(([name, value]) => [name, place(value)]));
  const input = place(options.input ?? '');
  const config = dir.file('config.toml');
  const run = await runAgent(['register', '--config', config, ...args.map(place)], { env, input });
  assert.equal(run.code, 0, run.stderr);
  const { runners } = JSON.parse(JSON.stringify(parse(await readFile(config, 'utf8'))));
  return { entry: runners[0], docker: runners[0].docker, stdout: run.stdout };
}

const enough = ['--non-interactive', '--url', 'URL', '--token', 'glrt-one', '--docker-image', 'busybox'];

describe('register takes its options', () => {
  test('environment variables alone are enough', async () => {
    const env = {
      CI_SERVER_URL: 'URL',
      CI_SERVER_TOKEN: 'glrt-one',
      REGISTER_NON_INTERACTIVE: 'true',
      RUNNER_NAME: 'env',
      DOCKER_IMAGE: 'busybox',
      DOCKER_PRIVILEGED: 'true',
      DOCKER_VOLUMES: '["/a:/a", "/b:/b"]',
      RUNNER_LIMIT: '2',
      RUNNER_ENV: 'A=b',
    };
    const { entry, docker } = await written([], { env });
    assert.deepEqual([entry['name'], entry['limit'], entry['environment']], ['env', 2, ['A=b']]);
    assert.deepEqual([docker['privileged'], docker['volumes']], [true, ['/a:/a', '/b:/b', '/cache']]);
  });

  test('an empty environment variable is one that is not set', async () => {
    const { entry } = await written(enough, { env: { RUNNER_LIMIT: '', DOCKER_PRIVILEGED: '', RUNNER_NAME: '' } });
    assert.deepEqual([entry['limit'], entry['name']], [undefined, hostname()]);
  });

  test('an option wins over its environment twin', async () => {
    const { entry } = await written([...enough, '--limit', '3'], { env: { RUNNER_LIMIT: '2' } });
    assert.equal(entry['limit'], 3);
  });
});

describe('register asks', () => {
  test('for all that the options leave open, with defaults', async () => {
    const { entry, docker, stdout } = await written([], { input: 'URL\nglrt-one\n\n\nruby:3.3\n' });
    assert.deepEqual([entry['name'], entry['executor'], docker['image']], [hostname(), 'docker', 'ruby:3.3']);
    assert.match(stdout, /URL of the coordinator.*Token.*Name.*Executor.*Image/s);
  });

  test('again where an answer is needed', async () => {
    const { docker } = await written(['--url', 'URL', '--token', 'glrt-one', '--name', 'n'], {
      input: 'docker\n\n\nruby\n',
    });
    assert.equal(docker['image'], 'ruby');
  });

  test('and gives up with exit code 2 when the input ends', async () => {
    const run = await runAgent(['register', '--config', '/nonexistent/config.toml', '--url', 'http://x']);
    assert.equal(run.code, 2);
    assert.match(run.stderr, /--non-interactive/);
  });
});

describe('--template-config', () => {
  const template = `concurrent = 9
[[runners]]
  name = "from template"
  limit = 5
  token = "glrt-template"
  environment = ["T=1"]
  [runners.docker]
    image = "template:1"
    privileged = true
    volumes = ["/t:/t"]
    [[runners.docker.services]]
      name = "redis:7"
`;

  test('fills what is empty, takes lists whole, drops token and global keys', async () => {
    const args = [...enough, '--limit', '2', '--docker-privileged=false', '--template-config', 'DIR/t.toml'];
    const { entry, docker } = await written(args, { files: { 't.toml': template } });
    const { name, limit, token, environment } = entry;
    assert.deepEqual([name, limit, token, environment], ['from template', 2, 'glrt-one', ['T=1']]);
    assert.deepEqual(
      [docker['image'], docker['privileged'], docker['volumes']],
      ['busybox', true, ['/t:/t', '/cache']],
    );
    assert.deepEqual(docker['services'], [{ name: 'redis:7' }]);
  });

  for (const [title, text, pattern] of [
    ['two entries', template + template.replace('concurrent = 9\n', ''), /one \[\[runners\]\] entry, it has 2/],
    ['no entry', 'concurrent = 1\n', /one \[\[runners\]\] entry, it has 0/],
    [
      'a wrong type',
      template.replace('limit = 5', 'limit = "5"'),
      /t\.toml:4:3: runners\.limit: expected a whole number/,
    ],
    ['bad TOML', '[[runners]\n', /t\.toml:/],
  ] as const) {
    test(`${title}: exit code 2`, async () => {
      await using dir = await tempDir();
      await writeFile(dir.file('t.toml'), text);
      const args = ['--url', 'http://x', '--token', 'glrt-x', '--template-config', dir.file('t.toml')];
      const run = await runAgent(['register', '--non-interactive', '--config', dir.file('c.toml'), ...args]);
      assert.equal(run.code, 2);
      assert.match(run.stderr, pattern);
    });
  }
});
