import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raceAbort } from '../agent/common/abort.ts';
import { shortToken } from '../agent/common/short-token.ts';
import { CommandError } from './common/run-command.ts';
import { explain, isSetupError } from './common/setup-error.ts';
import { checkResults } from './demo/check-results.ts';
import { DEMO_FILES, readDemoImages, readExpectedJobs } from './demo/demo-project.ts';
import { resultsTable } from './demo/results-table.ts';
import { watchPipeline } from './demo/watch-pipeline.ts';
import { ensurePackages } from './engine/debian-packages.ts';
import { ensureImages, type PreparedImage } from './images/ensure-images.ts';
import { startLocalAgent } from './local-ci/local-agent.ts';
import { startLocalCoordinator } from './local-ci/local-coordinator.ts';
import { type LocalEngine, useEngine } from './local-ci/local-engine.ts';
import { makeGitProject } from './local-ci/make-git-project.ts';
import { removeRunnerThings } from './local-ci/remove-runner-things.ts';
import type { CoordinatorClient, PipelineView } from './local-ci/coordinator-client.ts';
import type { ServerProcess } from './local-ci/server-process.ts';

const IMAGES = ['busybox:latest', 'gitbase:latest', 'redis:7'];
const CONCURRENT = 4;
const PATIENCE_MS = 300_000;
const ORIGINS = { present: 'already there', local: 'made here', public: 'from the public registry' };

/** What the demo needs from the machine, and what is undone at its end. */
interface Place {
  readonly engine: LocalEngine;
  readonly folder: string;
  readonly undo: AsyncDisposableStack;
}

async function demo(signal: AbortSignal): Promise<string[]> {
  await using undo = new AsyncDisposableStack();
  // 1 the machine: engine, images, a folder for everything else
  const engine = undo.use(await prepareEngine());
  signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'dockworker-demo-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const place = { engine, folder, undo };
  await raceAbort(prepareImages(engine), signal);
  // 2 coordinator, registration, agent
  const { client, servers } = await startServers(place);
  signal.throwIfAborted();
  // 3 the pipeline
  const project = join(folder, 'harbour');
  await makeGitProject(DEMO_FILES, project);
  signal.throwIfAborted();
  const begin = performance.now();
  const started = await client.startPipeline({ project_dir: project });
  console.log(`pipeline of ${String(started.jobs.length)} jobs at commit ${started.sha.slice(0, 8)}\n`);
  const failures = servers.map((server) => server.failure());
  await raceAbort(Promise.race([watchPipeline(client, started), ...failures]), signal);
  // 4 what came of it
  const problems = await report(client, await client.pipeline(started.id), performance.now() - begin);
  // An agent that is told to stop waits a little for an open job request: without its coordinator there is none.
  await Promise.all(servers.map((server) => server.stop()));
  return problems;
}

async function prepareEngine(): Promise<LocalEngine> {
  await ensurePackages(['git']);
  const engine = await useEngine('distro');
  const origin = engine.startedHere ? 'started for this demo' : 'already there';
  console.log(`engine       ${engine.version} (API ${engine.apiVersion}), ${origin}`);
  return engine;
}

async function prepareImages({ socket }: LocalEngine): Promise<void> {
  const images = await ensureImages(IMAGES, { socket, preferPublic: true });
  console.log(`images       ${images.map(describeImage).join(', ')}`);
}

const describeImage = ({ name, origin }: PreparedImage): string => `${name} (${ORIGINS[origin]})`;

async function startServers({
  engine,
  folder,
  undo,
}: Place): Promise<{ client: CoordinatorClient; servers: ServerProcess[] }> {
  const { socket } = engine;
  const coordinator = await startLocalCoordinator({ dataDir: join(folder, 'coordinator') });
  undo.use(coordinator.process);
  console.log(`coordinator  ${coordinator.client.url}`);
  undo.defer(async () => void (await removeRunnerThings(socket, shortToken(coordinator.runnerToken))));
  const { runnerToken, client } = coordinator;
  const agentFolder = join(folder, 'agent');
  await mkdir(agentFolder);
  const place = { folder: agentFolder, coordinatorUrl: client.url, runnerToken, socket };
  const agent = undo.use(await startLocalAgent({ ...place, helperImage: 'gitbase:latest', concurrent: CONCURRENT }));
  console.log(`agent        registered, runs up to ${String(CONCURRENT)} jobs at a time`);
  return { client, servers: [coordinator.process, agent] };
}

async function report(client: CoordinatorClient, pipeline: PipelineView, milliseconds: number): Promise<string[]> {
  console.log(`\n${resultsTable(pipeline, await readDemoImages())}`);
  const ended = await Promise.all(
    pipeline.jobs.map(async (job) => ({ job, trace: (await client.trace(job.id)).toString('utf8') })),
  );
  const problems = checkResults(ended, await readExpectedJobs());
  if (pipeline.state !== 'success') problems.push(`the pipeline ended as ${pipeline.state}, not success`);
  const verdict = problems.length === 0 ? 'every job ended as it should' : 'not as it should be';
  console.log(`pipeline ${pipeline.state} after ${(milliseconds / 1000).toFixed(1)} s, ${verdict}`);
  return problems;
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
// Nobody reads on: what was made has to go all the same.
process.stdout.on('error', () => interrupt.abort());
const patience = AbortSignal.timeout(PATIENCE_MS);
try {
  const problems = await demo(AbortSignal.any([interrupt.signal, patience]));
  for (const problem of problems) console.error(`demo: ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  process.exitCode = 1;
  if (interrupt.signal.aborted) console.error('demo: interrupted; all that it made is removed');
  else if (patience.aborted) console.error(`demo: not done after ${String(PATIENCE_MS / 1000)} s`);
  else if (isSetupError(error) || error instanceof CommandError) console.error(`demo: ${explain(error)}`);
  else throw error;
}
