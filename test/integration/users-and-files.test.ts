import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { afterScript, runScript } from '../support/engine-job.ts';
import type { FinishedJob } from '../support/engine-job.ts';
import { GitRepository, GitServer } from '../support/git-fixture.ts';
import { JOB_TOKEN, variable } from '../support/job-fixture.ts';
import { tempDir } from '../support/temp-dir.ts';
import { changedImage } from '../support/test-image.ts';

const as = (user: string, name = 'busybox:latest'): object => ({ name, executor_opts: { docker: { user } } });
const WHO = 'echo "$(whoami) $(id -u):$(id -g)"';

describe('the user of a job', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const [user, expected] of [
    ['nobody', 'nobody 65534:65534'],
    ['$WHO', 'nobody 65534:65534'],
    ['nobody:0', 'nobody 65534:0'],
  ])
    test(`"${user}" of the job: its scripts run as ${expected}`, async () => {
      const { trace, failure } = await runScript([WHO, 'echo x > mine; cat mine'], {
        payload: {
          image: as(user ?? ''),
          variables: [variable('WHO', 'nobody')],
          steps: [afterScript(WHO, 'cat mine')],
        },
      });
      assert.equal(failure, undefined);
      assert.deepEqual(trace.printed(), [expected, 'x']);
      assert.deepEqual(trace.printed('after_script'), [expected, 'x']);
    });

  test('a number that no list of users knows', async () => {
    const { trace } = await runScript(['id -u; id -g', 'touch mine && echo wrote'], {
      payload: { image: as('4242:4343') },
    });
    assert.deepEqual(trace.printed(), ['4242', '4343', 'wrote']);
  });

  test("the job's is above the image's", async () => {
    await using image = await changedImage('busybox:latest', 'USER nobody');
    const run = async (use: object): Promise<string[]> =>
      (await runScript(['id -u'], { payload: { image: use } })).trace.printed();
    assert.deepEqual([await run({ name: image.name }), await run(as('0', image.name))], [['65534'], ['0']]);
  });

  test("a service has its own user, not the build's", async () => {
    const told = ['sh', '-c', 'id -u > "/builds/$0"; sleep 300'];
    const services = [
      { ...as('1500:1501'), command: [...told, 'first'] },
      { name: 'busybox:latest', command: [...told, 'second'] },
    ];
    const wait = 'while [ ! -s /builds/first ] || [ ! -s /builds/second ]; do sleep 0.1; done';
    const { trace } = await runScript([wait, 'cat /builds/first /builds/second'], {
      docker: { user: 'nobody' },
      payload: { services },
    });
    assert.deepEqual(trace.printed(), ['1500', '0']);
  });
});

describe('owners and modes of what a job finds', { skip: needsEngine(), concurrency: 2 }, () => {
  const undo = new AsyncDisposableStack();
  let server: GitServer;
  let sha: string;
  before(async () => {
    const dir = undo.use(await tempDir());
    const gateway = await docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}');
    const origin = await GitRepository.create(dir.file('grp'));
    await origin.commit('file', 'content');
    await chmod(`${origin.path}/file`, 0o755);
    await origin.git('mv', 'file', 'program');
    await origin.git('commit', '--quiet', '--all', '--message', 'a program');
    sha = await origin.commit('file', 'content');
    server = undo.use(await GitServer.start(dir.path, JOB_TOKEN, gateway));
  });
  after(() => undo.disposeAsync());

  const LOOK = 'for f in . file program; do stat -c "%n %a %u:%g" "$f"; done';
  const look = (image: object, variables: Record<string, string> = {}): Promise<FinishedJob> =>
    runScript([LOOK, 'touch new && rm new file && echo changed'], {
      docker: { disable_cache: true },
      payload: {
        image,
        git_info: {
          repo_url: server.url('grp/.git', JOB_TOKEN),
          ref: 'main',
          sha,
          refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
          depth: 1,
        },
        variables: Object.entries({ GIT_STRATEGY: 'fetch', CI_JOB_TOKEN: JOB_TOKEN, ...variables }).map(
          ([key, value]) => variable(key, value),
        ),
      },
    });
  const OPEN = ['. 777 0:0', 'file 666 0:0', 'program 777 0:0', 'changed'];

  for (const [what, variables] of [
    ['unsaid', {}],
    ['false', { FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR: 'false' }],
  ] as const)
    test(`FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR ${what}: sources are root's, and everybody may write`, async () => {
      const { trace } = await look({ name: 'busybox:latest' }, variables);
      assert.deepEqual(trace.printed(), OPEN);
    });

  const CLOSED = { FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR: 'true' };
  const closed = (owner: string): string[] => [
    ...['. 755', 'file 644', 'program 755'].map((line) => `${line} ${owner}`),
    'changed',
  ];

  test("FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR: sources are root's alone in an image of root", async () => {
    const { trace } = await look({ name: 'busybox:latest' }, CLOSED);
    assert.deepEqual(trace.printed(), closed('0:0'));
  });

  test("FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR: sources belong to the image's user, by number", async () => {
    await using image = await changedImage('busybox:latest', 'USER 1234:1235');
    const { trace } = await look({ name: image.name }, CLOSED);
    assert.deepEqual(trace.printed(), closed('1234:1235'));
  });

  test('FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR: and to the user that the job names', async () => {
    const { trace } = await look(as('nobody'), CLOSED);
    assert.deepEqual(trace.printed(), closed('65534:65534'));
  });

  test("sources are open to the image's own user, without a change of owner", async () => {
    await using image = await changedImage('busybox:latest', 'USER 1234:1235');
    const { trace } = await look({ name: image.name });
    assert.deepEqual(trace.printed(), OPEN);
    assert.ok(!trace.lines.some((line) => /ownership/i.test(line)));
  });
});
