import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pack } from 'tar-stream';
import { shortToken } from '../../agent/common/short-token.ts';
import type { CoordinatorClient, JobSummary, PipelineView } from '../../scripts/local-ci/coordinator-client.ts';
import { startLocalAgent } from '../../scripts/local-ci/local-agent.ts';
import { startLocalCoordinator } from '../../scripts/local-ci/local-coordinator.ts';
import { makeGitProject } from '../../scripts/local-ci/make-git-project.ts';
import { plainTrace } from '../../scripts/local-ci/readable-trace.ts';
import { removeRunnerThings } from '../../scripts/local-ci/remove-runner-things.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { removeImage } from '../support/remove-image.ts';
import { type ExpectedEnd, type ExpectedJob, readScenarios, type Scenario } from '../support/scenario.ts';
import { tempDir } from '../support/temp-dir.ts';

const AT_ONCE = 3;
const SLOTS = 8;
const WAIT_SECONDS = 120;
const SETTLED = ['success', 'failed', 'canceled', 'skipped', 'manual'];

/** Coordinator, agent and engine of all scenarios. */
interface Place {
  readonly client: CoordinatorClient;
  readonly folder: string;
  readonly imageWithoutShell: string;
}

async function openPlace(undo: AsyncDisposableStack, socket: string): Promise<Place> {
  const folder = undo.use(await tempDir());
  const coordinator = await startLocalCoordinator({ dataDir: folder.file('coordinator') });
  undo.use(coordinator.process);
  const { client, runnerToken } = coordinator;
  undo.defer(async () => void (await removeRunnerThings(socket, shortToken(runnerToken))));
  const imageWithoutShell = `dockworker-e2e-${shortToken(runnerToken)}:latest`;
  await importImageWithoutShell(imageWithoutShell, socket);
  undo.defer(() => removeImage(imageWithoutShell));
  const agentFolder = folder.file('agent');
  await mkdir(agentFolder);
  const registerOptions = ['never', 'if-not-present'].flatMap((policy) => ['--docker-allowed-pull-policies', policy]);
  undo.use(
    await startLocalAgent({
      folder: agentFolder,
      coordinatorUrl: client.url,
      runnerToken,
      socket,
      helperImage: 'gitbase:latest',
      concurrent: SLOTS,
      registerOptions,
    }),
  );
  for (const format of ['sha1', 'sha256'] as const) {
    await makeGitProject(join(import.meta.dirname, 'project'), folder.file(format), format);
  }
  return { client, folder: folder.path, imageWithoutShell };
}

/** An image with one file in it, which is no program. */
async function importImageWithoutShell(name: string, socket: string): Promise<void> {
  const archive = pack();
  archive.entry({ name: 'readme' }, 'no shell here\n');
  archive.finalize();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = execFile('docker', ['--host', `unix://${socket}`, 'import', '-', name], (error) =>
    error === null ? resolve() : reject(error),
  );
  if (child.stdin !== null) archive.pipe(child.stdin);
  await promise;
}

/** The latest attempt of each job once everything has ended that is to end, and how many attempts there were. */
type Ended = ReadonlyMap<string, { readonly job: JobSummary; readonly attempts: number }>;

async function run(place: Place, { name, input, expected }: Scenario): Promise<Ended> {
  const { client, folder } = place;
  if ('job' in input) {
    const id = await client.queueJob(input.job);
    await cancelWhenAsked(client, id, expected.cancel);
    return new Map([['job', { job: await client.waitForJob(id, WAIT_SECONDS), attempts: 1 }]]);
  }
  const file = join(folder, `${name}.yml`);
  await writeFile(file, input.pipeline);
  const { id } = await client.startPipeline({
    project_dir: join(folder, expected.object_format),
    pipeline_file: file,
    variables: { ...expected.variables, IMAGE_WITHOUT_SHELL: place.imageWithoutShell },
  });
  let pipeline = await settled(client, id);
  for (const job of pipeline.jobs.filter((one) => expected.play.includes(one.name))) await client.playJob(job.id);
  if (expected.play.length > 0) pipeline = await settled(client, id);
  assert.equal(pipeline.state, expected.pipeline);
  return latestAttempts(pipeline);
}

function latestAttempts({ jobs }: PipelineView): Ended {
  const byName = Map.groupBy(jobs, ({ name }) => name);
  return new Map(
    [...byName].flatMap(([name, attempts]) => {
      const job = attempts.at(-1);
      return job === undefined ? [] : [[name, { job, attempts: attempts.length }] as const];
    }),
  );
}

async function settled(client: CoordinatorClient, id: number): Promise<PipelineView> {
  const end = performance.now() + WAIT_SECONDS * 1000;
  for (;;) {
    const pipeline = await client.pipeline(id);
    if (
      pipeline.jobs.every(({ state }) => [...SETTLED, 'created'].includes(state)) &&
      SETTLED.includes(pipeline.state)
    ) {
      return pipeline;
    }
    assert.ok(performance.now() < end, `pipeline not over: ${JSON.stringify(pipeline)}`);
    await delay(100);
  }
}

async function cancelWhenAsked(client: CoordinatorClient, id: number, cancel: ExpectedEnd['cancel']): Promise<void> {
  if (cancel === undefined) return;
  while (!(await client.trace(id)).includes(cancel.when)) await delay(100);
  await client.cancelJob(id, cancel.force);
}

async function check(client: CoordinatorClient, ended: Ended, [name, expected]: [string, ExpectedJob]): Promise<void> {
  const { job, attempts } = ended.get(name) ?? assert.fail(`no job ${name}`);
  const bytes = await client.trace(job.id);
  const trace = plainTrace(bytes);
  const about = `${name}:\n${trace.slice(-3000)}`;
  assert.equal(job.state, expected.state, about);
  assert.equal(attempts, expected.attempts, about);
  if (expected.failure_reason !== undefined) assert.equal(job.failure_reason, expected.failure_reason, about);
  if (expected.exit_code !== undefined) assert.equal(job.exit_code, expected.exit_code, about);
  for (const text of expected.contains) assert.ok(trace.includes(text), `the log lacks "${text}" - ${about}`);
  for (const text of expected.lacks) assert.ok(!trace.includes(text), `the log has "${text}" - ${about}`);
  assert.doesNotThrow(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes), about);
  checkBounds(job, bytes.length, expected);
  const ends = (other: string): number => ended.get(other)?.job.t['final'] ?? Number.NaN;
  const begin = job.t['handed'] ?? Number.NaN;
  for (const other of expected.after) assert.ok(begin >= ends(other), `${name} began before ${other} had ended`);
  for (const other of expected.before_end_of) assert.ok(begin < ends(other), `${name} waited for ${other}`);
}

function checkBounds({ t }: JobSummary, traceBytes: number, { max_trace_bytes, max_seconds }: ExpectedJob): void {
  const seconds = (t['final'] ?? Number.NaN) - (t['handed'] ?? Number.NaN);
  if (max_trace_bytes !== undefined) assert.ok(traceBytes <= max_trace_bytes, `a log of ${String(traceBytes)} bytes`);
  if (max_seconds !== undefined) assert.ok(seconds <= max_seconds, `it took ${seconds.toFixed(1)} s`);
}

const scenarios = await readScenarios();

describe('scenarios', { skip: needsEngine(), concurrency: AT_ONCE }, () => {
  const undo = new AsyncDisposableStack();
  let place: Place;
  before(async () => {
    place = await openPlace(undo, engineSocket() ?? '');
  });
  after(() => undo.disposeAsync());

  for (const scenario of scenarios) {
    test(scenario.name, async () => {
      const ended = await run(place, scenario);
      const { jobs } = scenario.expected;
      assert.deepEqual([...ended.keys()].toSorted(), Object.keys(jobs).toSorted());
      for (const expected of Object.entries(jobs)) await check(place.client, ended, expected);
    });
  }
});
