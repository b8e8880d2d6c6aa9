import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeRepository } from '../../../support/make-repository.ts';
import { startCoordinator, type Answer, type TestCoordinator } from '../../../support/start-coordinator.ts';

interface Served extends AsyncDisposable {
  readonly coordinator: TestCoordinator;
  readonly folder: string;
  /** Starts a pipeline of the project. */
  start(changes?: object): Promise<Answer>;
  /** Takes the next job as the runner and ends it; gives its payload. */
  run(end?: object): Promise<Answer['json']>;
  states(): Promise<Record<string, string>>;
}

async function serve(jobFile: string): Promise<Served> {
  const coordinator = await startCoordinator();
  const folder = await mkdtemp(join(tmpdir(), 'pipelines-'));
  await makeRepository(join(folder, 'app'), [
    { '.gitlab-ci.yml': 'old: {script: "true"}' },
    { '.gitlab-ci.yml': jobFile },
  ]);
  return {
    coordinator,
    folder,
    start: (changes = {}) =>
      coordinator.call('POST', '/mock/pipelines', { project_dir: join(folder, 'app'), ...changes }),
    run: async (end = { state: 'success' }) => {
      const { status, json } = await coordinator.request();
      if (status === 204) return undefined;
      assert.equal((await coordinator.update(json, end)).status, 200);
      return json;
    },
    states: async () => {
      const { jobs, state } = (await coordinator.call('GET', '/mock/pipelines/1')).json;
      return Object.fromEntries([
        ['', state],
        ...jobs.map((job: { name: string; state: string }) => [job.name, job.state]),
      ]);
    },
    [Symbol.asyncDispose]: async () => {
      await coordinator[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const failed = { state: 'failed', failure_reason: 'script_failure', exit_code: 1 };
const twoStages = `
stages: [build, test]
compile: {stage: build, image: "ruby:3.3", script: make, artifacts: {paths: [out]}}
check: {stage: test, script: make check, timeout: 20 minutes}
lint: {stage: test, script: make lint, needs: [], when: always}
`;

describe('/mock/pipelines', () => {
  test('jobs go stage by stage, those with needs as soon as they can', async () => {
    await using served = await serve(twoStages);
    const { status, json } = await served.start();
    assert.equal(status, 201);
    assert.deepEqual(
      json.jobs.map(({ name, stage, state }: Record<string, string>) => [name, stage, state]),
      [
        ['compile', 'build', 'pending'],
        ['check', 'test', 'created'],
        ['lint', 'test', 'pending'],
      ],
    );
    const order = [];
    for (let payload = await served.run(); payload !== undefined; payload = await served.run())
      order.push(payload.job_info.name);
    assert.deepEqual(order, ['compile', 'check', 'lint']);
    assert.deepEqual(await served.states(), { '': 'success', compile: 'success', check: 'success', lint: 'success' });
  });

  test('the payload has what the job file says, and the ids and tokens of the job', async () => {
    await using served = await serve(twoStages);
    await served.start();
    const payload = await served.run();
    const variable = (key: string) =>
      payload.variables.findLast((candidate: { key: string }) => candidate.key === key)?.value;
    assert.equal(payload.image.name, 'ruby:3.3');
    assert.deepEqual(payload.steps[0].script, ['make']);
    assert.equal(payload.runner_info.timeout, 3600);
    assert.equal(variable('CI_JOB_ID'), String(payload.id));
    assert.equal(variable('CI_JOB_TOKEN'), payload.token);
    assert.equal(variable('CI_PIPELINE_ID'), '1');
    assert.equal(variable('CI_RUNNER_ID'), '1');
    assert.equal(variable('CI_COMMIT_SHA'), payload.git_info.sha);
    assert.equal(variable('CI_REPOSITORY_URL'), payload.git_info.repo_url);
    assert.equal((await served.run()).runner_info.timeout, 1200);
  });

  test('C16: dependencies carry the token of the job itself and a file only where there is one', async () => {
    await using served = await serve(`${twoStages}
last: {stage: test, script: a, dependencies: [compile]}
none: {stage: test, script: a, dependencies: []}
`);
    const { coordinator } = served;
    await served.start();
    const compile = (await coordinator.request()).json;
    const form = new FormData();
    form.append('file', new Blob(['zip']), 'out.zip');
    await coordinator.api('POST', `/jobs/${compile.id}/artifacts`, form, { 'job-token': compile.token });
    await coordinator.update(compile, { state: 'success' });
    const dependencies: Record<string, unknown> = {};
    for (let payload = await served.run(); payload !== undefined; payload = await served.run()) {
      const own = payload.dependencies.every(({ token }: { token: string }) => token === payload.token);
      assert.ok(own);
      dependencies[payload.job_info.name] = payload.dependencies.map(
        ({ token: _token, ...rest }: { token: string }) => rest,
      );
    }
    const file = { id: compile.id, name: 'compile', artifacts_file: { filename: 'out.zip', size: 3 } };
    assert.deepEqual(dependencies, { check: [file], lint: [], last: [file], none: [] });
  });

  test('a failure skips what comes after, but not what waits for it', async () => {
    await using served = await serve(`${twoStages}
rescue: {stage: test, script: a, when: on_failure}
`);
    await served.start();
    const ran = [];
    for (let payload = await served.run(failed); payload !== undefined; payload = await served.run()) {
      ran.push(payload.job_info.name);
    }
    assert.deepEqual(ran, ['compile', 'lint', 'rescue']);
    const { '': whole, check } = await served.states();
    assert.deepEqual([whole, check], ['failed', 'skipped']);
  });

  test('a failed job is tried again with a new id; the pipeline takes the last try', async () => {
    await using served = await serve('flaky: {script: a, retry: 2}');
    await served.start();
    const ids = [(await served.run(failed)).id, (await served.run(failed)).id, (await served.run()).id];
    assert.equal(new Set(ids).size, 3);
    const { state, jobs } = (await served.coordinator.call('GET', '/mock/pipelines/1')).json;
    assert.equal(state, 'success');
    assert.deepEqual(
      jobs.map((job: { state: string }) => job.state),
      ['failed', 'failed', 'success'],
    );
  });

  test('a manual job waits for a person', async () => {
    await using served = await serve('go: {script: a, when: manual, allow_failure: false}');
    const { jobs } = (await served.start()).json;
    assert.equal(await served.run(), undefined);
    assert.deepEqual(await served.states(), { '': 'manual', go: 'manual' });
    assert.equal((await served.coordinator.call('POST', `/mock/jobs/${jobs[0].id}/play`)).status, 200);
    assert.ok(await served.run());
    assert.deepEqual(await served.states(), { '': 'success', go: 'success' });
    assert.equal((await served.coordinator.call('POST', `/mock/jobs/${jobs[0].id}/play`)).status, 409);
  });

  test('cancel ends a pipeline', async () => {
    await using served = await serve(twoStages);
    await served.start();
    await served.coordinator.call('POST', '/mock/pipelines/1/cancel');
    assert.equal(await served.run(), undefined);
    assert.equal((await served.states())[''], 'canceled');
  });

  test('C12: branch and tag, shallow and full', async () => {
    await using served = await serve('job: {script: a}');
    const app = join(served.folder, 'app');
    await promisify(execFile)('git', ['-C', app, 'tag', 'v1']);
    const git = async (changes: object) => {
      await served.start(changes);
      const { ref, ref_type, depth, refspecs } = (await served.run()).git_info;
      return { ref, ref_type, depth, refspecs };
    };
    assert.deepEqual(await git({}), {
      ref: 'main',
      ref_type: 'branch',
      depth: 20,
      refspecs: ['+refs/pipelines/1:refs/pipelines/1', '+refs/heads/main:refs/remotes/origin/main'],
    });
    assert.deepEqual(await git({ ref: 'v1', variables: { GIT_DEPTH: '3' } }), {
      ref: 'v1',
      ref_type: 'tag',
      depth: 3,
      refspecs: ['+refs/pipelines/2:refs/pipelines/2', '+refs/tags/v1:refs/tags/v1'],
    });
    const full = await git({ variables: { GIT_DEPTH: '0' } });
    assert.deepEqual(
      [full.depth, full.refspecs.slice(1)],
      [0, ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']],
    );
  });

  test('the pipeline ref of a payload can be fetched', async () => {
    await using served = await serve('job: {script: a}');
    await served.start();
    const { git_info } = (await served.coordinator.request()).json;
    const { stdout } = await promisify(execFile)('git', ['ls-remote', git_info.repo_url, 'refs/pipelines/1']);
    assert.equal(stdout, `${git_info.sha}\trefs/pipelines/1\n`);
  });

  test('a bare repository and a detached checkout are served too', async () => {
    await using served = await serve('job: {script: a}');
    const git = (...args: string[]) => promisify(execFile)('git', args);
    const app = join(served.folder, 'app');
    await git('clone', '--quiet', '--bare', app, join(served.folder, 'bare.git'));
    assert.equal((await served.start({ project_dir: join(served.folder, 'bare.git') })).json.project, 'local/bare');
    await git('-C', app, 'checkout', '--quiet', '--detach', 'HEAD');
    const detached = await served.start();
    assert.deepEqual([detached.status, detached.json.ref], [201, 'detached']);
  });

  const wrong: [string, object, RegExp][] = [
    ['a job file that is wrong', { pipeline_file: 'bad.yml' }, /^bad\.yml:2:1: .*unheard_of/],
    ['no such job file', { pipeline_file: 'none.yml' }, /no file none\.yml/],
    ['no such branch', { ref: 'none' }, /no branch or tag "none"/],
    ['no such folder', { project_dir: '/nonexistent/project' }, /is no folder/],
    ['a folder without repository', { project_dir: '/' }, /no git repository/],
    ['no project', { project_dir: null }, /project_dir/],
  ];
  for (const [label, changes, sentence] of wrong) {
    test(`${label} is a 400 that says so`, async () => {
      await using served = await serve('job: {script: a}');
      const { writeFile } = await import('node:fs/promises');
      await writeFile(join(served.folder, 'app', 'bad.yml'), 'job: {script: a}\nunheard_of: 7\n');
      const refused = await served.start(changes);
      assert.equal(refused.status, 400);
      assert.match(refused.json.error, sentence);
    });
  }
});
