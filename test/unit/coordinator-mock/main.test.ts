import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { makeRepository } from '../../support/make-repository.ts';

const main = join(import.meta.dirname, '../../../coordinator-mock/main.ts');
const token = 'glrt-command-line-00';

function start(...args: string[]): ChildProcess {
  const url = ['--advertise-url', 'http://coordinator.test'];
  return spawn(process.execPath, [main, 'serve', '--listen', '127.0.0.1:0', ...url, ...args], {
    env: { ...process.env, RUNNER_TOKEN: token },
  });
}

async function urlOf(coordinator: ChildProcess): Promise<string> {
  assert.ok(coordinator.stdout);
  for await (const line of createInterface(coordinator.stdout)) {
    const match = /listens on (http:\S+)/.exec(line);
    if (match?.[1] !== undefined) return match[1];
  }
  throw new Error('the coordinator did not say where it listens');
}

async function exitCode(coordinator: ChildProcess): Promise<number | null> {
  if (coordinator.exitCode === null) await once(coordinator, 'exit');
  return coordinator.exitCode;
}

describe('coordinator serve', () => {
  for (const [state, code] of [
    ['success', 0],
    ['failed', 1],
  ] as const) {
    test(`--once exits with ${code} when the job ends with ${state}`, async (context) => {
      const folder = await mkdtemp(join(tmpdir(), 'serve-'));
      context.after(() => rm(folder, { recursive: true }));
      await makeRepository(join(folder, 'app'), [{ '.gitlab-ci.yml': 'job: {script: a}' }]);
      const coordinator = start('--once', '--project', join(folder, 'app'));
      const url = await urlOf(coordinator);
      const call = async (method: string, path: string, body: object) => {
        const response = await fetch(url + path, { method, body: JSON.stringify(body) });
        return { status: response.status, body: await response.text() };
      };
      let answer = await call('POST', '/api/v4/jobs/request', { token });
      while (answer.status === 204) answer = await call('POST', '/api/v4/jobs/request', { token });
      const job: { id: number; token: string } = JSON.parse(answer.body);
      const end = await call('PUT', `/api/v4/jobs/${job.id}`, { token: job.token, state });
      assert.equal(end.status, 200, 'the last answer still arrives');
      assert.equal(await exitCode(coordinator), code);
    });
  }

  test('SIGTERM ends it with 0', async () => {
    const coordinator = start();
    await urlOf(coordinator);
    coordinator.kill('SIGTERM');
    assert.equal(await exitCode(coordinator), 0);
  });

  test('a job file that is wrong ends with 2 and names the place', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'serve-'));
    context.after(() => rm(folder, { recursive: true }));
    await makeRepository(join(folder, 'app'), [{ '.gitlab-ci.yml': 'job: {script: a}\nimage: [1]\n' }]);
    const coordinator = start('--pipeline', '.gitlab-ci.yml', '--project', join(folder, 'app'));
    assert.ok(coordinator.stderr);
    assert.match(await text(coordinator.stderr), /^coordinator: \.gitlab-ci\.yml:2:\d+: /);
    assert.equal(await exitCode(coordinator), 2);
  });

  for (const [label, args, sentence, code] of [
    ['an unknown option', ['--nonsense'], /unknown option/, 2],
    ['a wrong address', ['--listen', 'nowhere'], /host:port/, 2],
    ['--once without a project', ['--once'], /--project/, 2],
    ['a project that is none', ['--project', '/nonexistent'], /is no folder/, 1],
  ] as const) {
    test(`${label} ends with ${code} and a sentence`, async () => {
      const coordinator = start(...args);
      assert.ok(coordinator.stderr);
      const said = await text(coordinator.stderr);
      assert.equal(await exitCode(coordinator), code);
      assert.match(said, sentence);
      assert.ok(!/\n\s+at /.test(said), 'no stack');
    });
  }
});
