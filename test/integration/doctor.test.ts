import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { jobLabels } from '../../agent/container/labels.ts';
import type { Finding } from '../../agent/doctor/finding.ts';
import { jobFacts } from '../../agent/job/accept/label-facts.ts';
import { docker, engineSocket, needsEngine } from '../support/engine.ts';
import { jobIdentity } from '../support/job-fixture.ts';
import { json, RecordingServer } from '../support/recording-server.ts';
import { authConfig, basicAuth, randomAccount } from '../support/registry/accounts.ts';
import { dockerAs, pushImage } from '../support/registry/registry-image.ts';
import { needsRegistry } from '../support/registry/registry-tools.ts';
import { startRegistry } from '../support/registry/start-registry.ts';
import { runAgent, type AgentRun } from '../support/run-agent.ts';
import { tempDir } from '../support/temp-dir.ts';

const host = `unix://${engineSocket() ?? '/nowhere'}`;

const config = (url: string, more = ''): string => `
[[runners]]
  name = "one"
  url = "${url}"
  token = "glrt-doctor-0123456789"
  executor = "docker"
  [runners.docker]
    host = "${host}"
    helper_image = "busybox:latest"
    ${more}
`;

async function doctor(
  text: string,
  args: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<AgentRun> {
  await using dir = await tempDir();
  await writeFile(dir.file('config.toml'), text);
  for (const [name, content] of Object.entries(files)) await writeFile(dir.file(name), content);
  const paths = args.map((arg) => (arg in files ? dir.file(arg) : arg));
  return await runAgent(['doctor', ...paths, '--config', dir.file('config.toml'), '--state-dir', dir.path], {
    env: { DOCKER_CONFIG: dir.path },
  });
}

const outcomes = ({ stdout }: AgentRun): Record<string, string> =>
  Object.fromEntries((JSON.parse(stdout) as { findings: Finding[] }).findings.map((one) => [one.subject, one.outcome]));

/** A volume that an agent with this system id left two hours ago. Its name comes back. */
async function leaveVolume(systemId: string, jobId: number): Promise<string> {
  const deadline = Math.floor(Date.now() / 1000) - 7200;
  const labels = jobLabels({ ...jobFacts(jobIdentity()), systemId, jobId, deadline });
  const options = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  return await docker('volume', 'create', ...options);
}

describe('dockworker doctor', { skip: needsEngine() }, () => {
  test('finds a machine on which jobs run, and asks the coordinator with the token once', async () => {
    await using server = await RecordingServer.start();
    server.answer(json(200, { id: 7, token: 'glrt-doctor-0123456789', token_expires_at: null }), { status: 401 });
    const run = await doctor(config(server.url), ['--json'], {});
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const { disk, ...rest } = outcomes(run);
    assert.match(String(disk), /ok|warn/);
    const all = { config: 'ok', engine: 'ok', 'helper image': 'ok', leftovers: 'ok', coordinator: 'ok', clock: 'ok' };
    assert.deepEqual(rest, all);
    assert.deepEqual(
      server.requests.map(({ method, path }) => `${method} ${path}`),
      ['POST /api/v4/runners/verify', 'GET /api/v4/version'],
    );
    assert.doesNotMatch(run.stdout + run.stderr, /glrt-doctor-0123456789/);
  });
});

describe('dockworker doctor IMAGE', { skip: needsRegistry() }, () => {
  test('tells which login opens the registry, which one did not, and shows neither', async () => {
    const [alice, mallory] = [
      randomAccount('alice'),
      { username: 'mallory', password: `bad-${randomAccount('x').password}` },
    ];
    await using registry = await startRegistry({ accounts: [alice] });
    await using image = await pushImage({ host: registry.host, account: alice });
    const files = {
      'job.json': authConfig({ [`${registry.host}/${image.repository}`]: mallory }),
      'config.json': authConfig({ [registry.host]: alice }),
    };
    const run = await doctor(config('http://127.0.0.1:9'), [image.name, '--job-auth', 'job.json'], files);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /credentials \(one\) +user "mallory" of \$DOCKER_AUTH_CONFIG/);
    assert.match(run.stdout, /registry \(one\) +.* is given with .*config\.json: sha256:/);
    assert.match(run.stdout, /- with \$DOCKER_AUTH_CONFIG: .* does not accept the credentials/);
    assert.match(run.stdout, new RegExp(`given with .*${image.digest}`));
    assert.match(run.stdout, /presence \(one\) +the image is not on this engine/);
    assert.match(run.stdout, /verdict \(one\) +a job would get the image: by a pull \(pull policy always\)/);
    for (const account of [alice, mallory])
      for (const secret of [account.password, basicAuth(account)])
        assert.ok(!(run.stdout + run.stderr).includes(secret), 'a secret is shown');
  });

  test('lists what the next sweep would remove, and removes nothing', async () => {
    const systemId = `s_${randomBytes(6).toString('hex')}`;
    const [volume, other] = [await leaveVolume(systemId, 4712), await leaveVolume('s_0123456789ab', 4713)];
    try {
      const { stdout } = await doctor(config('http://127.0.0.1:9'), [], { '.runner_system_id': systemId });
      assert.match(stdout, /^warn +leftovers +unix:.*: ended jobs have left 1 object; a running agent removes/m);
      assert.match(stdout, new RegExp(`- volume ${volume} of job 4712, [\\d.]+m?s old`));
      assert.ok(!stdout.includes(other));
      assert.equal(await docker('volume', 'inspect', '--format', '{{.Name}}', volume), volume);
    } finally {
      await docker('volume', 'rm', volume, other);
    }
  });

  test('fails when no login opens the registry, although another job has brought the image', async () => {
    const alice = randomAccount('alice');
    await using registry = await startRegistry({ accounts: [alice] });
    await using image = await pushImage({ host: registry.host, account: alice });
    await dockerAs({ [registry.host]: alice }, 'pull', '--quiet', image.name);
    const stranger = await doctor(
      config('http://127.0.0.1:9', 'pull_policy = "if-not-present"'),
      [image.name, '--json'],
      {},
    );
    assert.equal(stranger.code, 1, stranger.stdout);
    assert.deepEqual([outcomes(stranger)['registry'], outcomes(stranger)['verdict']], ['warn', 'fail']);
    assert.match(stranger.stdout, /"here for linux/);
  });

  test('compares an image that is here with the registry, and with the engine', async () => {
    await using registry = await startRegistry();
    await using image = await pushImage({ host: registry.host });
    await docker('pull', '--quiet', image.name);
    const run = await doctor(config('http://127.0.0.1:9'), [image.name], {});
    assert.match(run.stdout, /here for linux\/\w+: sha256:[0-9a-f]+, the same as at the registry/);
    assert.match(run.stdout, /the one that is here, which is current \(pull policy always\)/);
  });
});
