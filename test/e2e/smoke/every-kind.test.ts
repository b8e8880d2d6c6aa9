import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { shortToken } from '../../../agent/common/short-token.ts';
import type { CoordinatorClient, JobSummary } from '../../../scripts/local-ci/coordinator-client.ts';
import { startLocalAgent } from '../../../scripts/local-ci/local-agent.ts';
import { startLocalCoordinator } from '../../../scripts/local-ci/local-coordinator.ts';
import { makeGitProject } from '../../../scripts/local-ci/make-git-project.ts';
import { plainTrace } from '../../../scripts/local-ci/readable-trace.ts';
import { removeRunnerThings } from '../../../scripts/local-ci/remove-runner-things.ts';
import { engineSocket, needsEngine } from '../../support/engine.ts';
import { tempDir } from '../../support/temp-dir.ts';

const WAIT_SECONDS = 60;

interface Ending {
  readonly state: 'success' | 'failed';
  readonly exitCode?: number;
  readonly reason?: string;
  readonly printed: readonly RegExp[];
}

/** How each job of project/.gitlab-ci.yml is to end. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  plain: { state: 'success', printed: [/^runs in runner-$/m, /^Job succeeded$/m] },
  sources: { state: 'success', printed: [/^a poem in the repository$/m] },
  service: { state: 'success', printed: [/^OK$/m, /^green$/m] },
  entrypoint: { state: 'success', printed: [/^hello from the entrypoint$/m] },
  after: { state: 'success', printed: [/^left behind$/m, /^after a success job$/m] },
  failing: {
    state: 'failed',
    exitCode: 3,
    reason: 'script_failure',
    printed: [/^before the failure$/m, /^ERROR: Job failed: exit code 3$/m],
  },
  'missing-image': { state: 'failed', reason: 'runner_system_failure', printed: [/^ERROR: .*busybox:no-such-tag/m] },
};

/** The whole system on real parts: coordinator, git over HTTP, registered agent, engine. */
async function runPipeline(undo: AsyncDisposableStack, socket: string): Promise<Pipeline> {
  const folder = undo.use(await tempDir());
  const coordinator = await startLocalCoordinator({ dataDir: folder.file('coordinator') });
  undo.use(coordinator.process);
  const { client, runnerToken } = coordinator;
  undo.defer(async () => void (await removeRunnerThings(socket, shortToken(runnerToken))));
  const place = { folder: folder.path, coordinatorUrl: client.url, runnerToken, socket };
  const registerOptions = ['never', 'if-not-present'].flatMap((policy) => ['--docker-allowed-pull-policies', policy]);
  undo.use(await startLocalAgent({ ...place, helperImage: 'gitbase:latest', concurrent: 4, registerOptions }));
  await makeGitProject(join(import.meta.dirname, 'project'), folder.file('app'));
  const { jobs } = await client.startPipeline({ project_dir: folder.file('app') });
  return { client, jobs: new Map(jobs.map((job) => [job.name, job])) };
}

interface Pipeline {
  readonly client: CoordinatorClient;
  readonly jobs: ReadonlyMap<string, JobSummary>;
}

describe('one job of each kind', { skip: needsEngine() }, () => {
  const undo = new AsyncDisposableStack();
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await runPipeline(undo, engineSocket() ?? '');
  });
  after(() => undo.disposeAsync());

  test('the pipeline has exactly the jobs that are looked at', () => {
    assert.deepEqual([...pipeline.jobs.keys()].toSorted(), Object.keys(ENDINGS).toSorted());
  });

  for (const [name, ending] of Object.entries(ENDINGS)) {
    test(name, async () => {
      const { client, jobs } = pipeline;
      const id = jobs.get(name)?.id ?? -1;
      const job = await client.waitForJob(id, WAIT_SECONDS);
      const trace = plainTrace(await client.trace(id));
      const { state, exit_code, failure_reason } = job;
      const expected = {
        state: ending.state,
        exit_code: ending.exitCode ?? exit_code,
        failure_reason: ending.reason ?? null,
      };
      assert.deepEqual({ state, exit_code, failure_reason }, expected, trace);
      for (const pattern of ending.printed) assert.match(trace, pattern);
      assert.doesNotMatch(trace, /never printed/);
      assert.notEqual(job.checksum_ok, false);
    });
  }
});
