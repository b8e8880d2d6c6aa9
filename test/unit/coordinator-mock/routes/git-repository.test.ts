import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeRepository } from '../../../support/make-repository.ts';
import { startCoordinator, type TestCoordinator } from '../../../support/start-coordinator.ts';

const run = promisify(execFile);

/** A coordinator that serves a repository with two commits, and an empty folder to clone into. */
async function serve(): Promise<{ coordinator: TestCoordinator; folder: string } & AsyncDisposable> {
  const coordinator = await startCoordinator();
  const folder = await mkdtemp(join(tmpdir(), 'git-http-'));
  await makeRepository(join(folder, 'app'), [{ 'README.md': 'one' }, { 'README.md': 'two', big: 'x'.repeat(300_000) }]);
  await coordinator.server.state.projects.open(join(folder, 'app'));
  const dispose = async (): Promise<void> => {
    await coordinator[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  };
  return { coordinator, folder, [Symbol.asyncDispose]: dispose };
}

describe('git over smart HTTP', () => {
  test('a running job clones with the URL of its payload', async () => {
    await using served = await serve();
    const { coordinator, folder } = served;
    await coordinator.queue();
    const { git_info } = (await coordinator.request()).json;
    assert.match(git_info.repo_url, /^http:\/\/gitlab-ci-token:glcbt-[^@]+@127\.0\.0\.1:\d+\/local\/app\.git$/);
    await run('git', ['clone', '--quiet', '--depth=1', git_info.repo_url, join(folder, 'clone')]);
    assert.equal(await readFile(join(folder, 'clone', 'README.md'), 'utf8'), 'two');
    const { stdout } = await run('git', ['-C', join(folder, 'clone'), 'rev-parse', 'HEAD']);
    assert.equal(stdout.trim(), git_info.sha);
  });

  test('nobody else gets in: no token, a wrong user, a pending and a finished job', async () => {
    await using served = await serve();
    const { coordinator } = served;
    const path = '/local/app.git/info/refs?service=git-upload-pack';
    const get = async (user: string, token: string) => {
      const authorization = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
      return (await coordinator.call('GET', path, undefined, { authorization })).status;
    };
    const bare = await coordinator.call('GET', path);
    assert.deepEqual([bare.status, bare.headers.get('www-authenticate')], [401, 'Basic realm="GitLab"']);
    const job = await coordinator.queue();
    assert.equal(await get('gitlab-ci-token', job.token), 401);
    await coordinator.request();
    assert.equal(await get('gitlab-ci-token', job.token), 200);
    assert.equal(await get('root', job.token), 401);
    assert.equal(await get('gitlab-ci-token', coordinator.runnerToken), 401);
    await coordinator.update(job, { state: 'success' });
    assert.equal(await get('gitlab-ci-token', job.token), 401);
  });

  test('a job may not push', async () => {
    await using served = await serve();
    const { coordinator, folder } = served;
    await coordinator.queue();
    const { repo_url } = (await coordinator.request()).json.git_info;
    await assert.rejects(run('git', ['-C', join(folder, 'app'), 'push', repo_url, 'HEAD:refs/heads/new']), /403/);
  });

  test("the project's own repository is left as it was", async () => {
    await using served = await serve();
    const app = join(served.folder, 'app');
    const { stdout } = await run('git', ['-C', app, 'for-each-ref', '--format=%(refname)']);
    assert.equal(stdout, 'refs/heads/main\n');
    assert.equal((await run('git', ['-C', app, 'status', '--porcelain'])).stdout, '');
  });

  test('faults can be made for git', async () => {
    await using served = await serve();
    const { coordinator } = served;
    await coordinator.queue();
    const { repo_url } = (await coordinator.request()).json.git_info;
    await coordinator.call('POST', '/mock/faults', { endpoint: 'git', status: 503 });
    await assert.rejects(run('git', ['ls-remote', repo_url]), /503/);
    assert.match((await run('git', ['ls-remote', repo_url])).stdout, /refs\/heads\/main/);
  });
});
