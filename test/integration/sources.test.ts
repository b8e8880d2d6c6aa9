import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob, reasonOf } from '../support/engine-job.ts';
import { GitRepository, GitServer } from '../support/git-fixture.ts';
import { JOB_TOKEN, variable } from '../support/job-fixture.ts';
import type { JobChanges } from '../support/job-fixture.ts';
import { changedImage } from '../support/test-image.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = await tempDir();
let server: GitServer;
let gateway: string;
let sha: string;
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await dir[Symbol.asyncDispose]();
});
before(async () => {
  if (needsEngine() !== false) return;
  gateway = await docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}');
  const origin = await GitRepository.create(dir.file('grp'));
  sha = await origin.commit('file', 'content');
  server = await GitServer.start(dir.path, JOB_TOKEN, gateway);
});

/** A job that wants the repository. */
function job(
  script: readonly string[],
  changes: JobChanges & { variables?: Record<string, string>; file?: string } = {},
  token?: string,
): EngineJob {
  const given = { GIT_STRATEGY: 'fetch', CI_JOB_TOKEN: JOB_TOKEN, ...changes.variables };
  return new EngineJob(
    {
      ...changes,
      payload: {
        git_info: {
          repo_url: server.url('grp/.git', JOB_TOKEN),
          ref: 'main',
          sha,
          refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
          depth: 1,
        },
        steps: [{ name: 'script', script }],
        ...changes.payload,
        variables: Object.entries(given).map(([key, value]) => variable(key, value, { file: key === changes.file })),
      },
    },
    token,
  );
}

describe('sources on the engine', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const strategy of ['clone', 'fetch'])
    test(`${strategy}: by a helper of its own, before the script; the token is nowhere`, async () => {
      const script = [
        'cat file; echo',
        'pwd',
        'stat -c %a file .',
        'grep -rl "$CI_JOB_TOKEN" /builds || echo nowhere',
        'ls -A "$CI_PROJECT_DIR.tmp"',
      ];
      await using made = job(script, { variables: { GIT_STRATEGY: strategy } });
      const failure = await made.stages();
      assert.equal(failure, undefined, made.trace.printed('get_sources', 'stderr').join('\n'));
      assert.deepEqual(made.trace.printed(), ['content', '/builds/grp', '666', '777', 'nowhere', 'git.config']);
      const helper = await docker('inspect', `${made.spec.namePrefix}-predefined`);
      assert.ok(!helper.includes(JOB_TOKEN));
      assert.deepEqual(await made.cleanUp(), []);
      assert.deepEqual(await made.leftovers(), []);
    });

  test('fetch: the next job of the slot finds the work tree and caches, clean; clone does not', async () => {
    const token = `glrt-${randomBytes(9).toString('hex')}`;
    const changes = { docker: { volumes: ['/cache'] } };
    await using first = job(
      ['touch untracked .git/mine /cache/kept', 'echo x > "$CI_PROJECT_DIR.tmp/evil"'],
      changes,
      token,
    );
    assert.equal(await first.run(), undefined);
    await using second = job(['ls; ls .git/mine /cache'], changes, token);
    assert.equal(await second.run(), undefined);
    assert.deepEqual(second.trace.printed(), ['file', '.git/mine', '/cache:', 'kept']);
    await using third = job(
      ['ls .git/mine 2>/dev/null || echo fresh'],
      { ...changes, variables: { GIT_STRATEGY: 'clone' } },
      token,
    );
    assert.equal(await third.run(), undefined);
    assert.deepEqual(third.trace.printed(), ['fresh']);
  });

  test("a repository that refuses: script_failure with git's code, no script", async () => {
    await using made = job(['echo never'], { payload: { token: 'wrong-token' } });
    const failure = await made.run();
    assert.deepEqual([reasonOf(failure), Reflect.get(failure as object, 'exitCode')], ['script_failure', 128]);
    assert.ok(!made.trace.sections.includes('step_script'));
    assert.match(made.trace.printed('get_sources', 'stderr').join('\n'), /Authentication failed/);
  });

  test('a fault of the moment is tried again when the job wants it', async () => {
    await using faulty = await GitServer.start(dir.path, JOB_TOKEN, gateway);
    faulty.failures.push(503);
    const repo_url = faulty.url('grp/.git', JOB_TOKEN);
    const git_info = { repo_url, ref: 'main', sha, refspecs: ['+refs/heads/main:refs/remotes/origin/main'] };
    await using made = job(['cat file'], { payload: { git_info }, variables: { GET_SOURCES_ATTEMPTS: '2' } });
    assert.equal(await made.run(), undefined);
    assert.deepEqual(faulty.failures, []);
    assert.deepEqual(made.trace.printed(), ['content']);
  });

  test('strategy empty: an empty directory; checkout off: no files', async () => {
    await using empty = job(['pwd; ls -A'], { variables: { GIT_STRATEGY: 'empty' } });
    assert.equal(await empty.run(), undefined);
    assert.deepEqual(empty.trace.printed(), ['/builds/grp-empty']);
    await using bare = job(['ls -A'], { variables: { GIT_CHECKOUT: 'false' } });
    assert.equal(await bare.run(), undefined);
    assert.deepEqual(bare.trace.printed(), ['.git']);
  });

  test('git in the script of a user who is not root', async () => {
    await using image = await changedImage('gitbase:latest', 'USER 1234:1235');
    await using made = job(['git status --short && git log --oneline | wc -l'], {
      payload: { image: { name: image.name } },
    });
    assert.equal(await made.run(), undefined);
    assert.deepEqual(made.trace.printed(), ['1']);
  });
});

describe('file variables on a directory of the host', { skip: needsEngine() }, () => {
  const left = async (strategy: string): Promise<string[]> => {
    const builds = dir.file(`builds-${strategy}`);
    await mkdir(builds);
    await using made = job(['cat "$F"'], {
      docker: { volumes: [`${builds}:/builds`] },
      variables: { GIT_STRATEGY: strategy, F: 'secret' },
      file: 'F',
    });
    assert.equal(await made.run(), undefined);
    assert.deepEqual(made.trace.printed(), ['secret']);
    return (await readdir(builds, { recursive: true })).filter((name) => name.endsWith('.tmp/F'));
  };
  test('with sources: gone after the job', async () => assert.deepEqual(await left('fetch'), []));
  test('without sources: gone as well', async () => assert.deepEqual(await left('none'), []));
});
