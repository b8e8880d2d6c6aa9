import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shortToken } from '../agent/common/short-token.ts';
import { CommandError } from '../scripts/common/run-command.ts';
import { explain, isSetupError } from '../scripts/common/setup-error.ts';
import { DEMO_FILES } from '../scripts/demo/demo-project.ts';
import { ensureImages } from '../scripts/images/ensure-images.ts';
import { startLocalCoordinator } from '../scripts/local-ci/local-coordinator.ts';
import { useEngine } from '../scripts/local-ci/local-engine.ts';
import { makeGitProject } from '../scripts/local-ci/make-git-project.ts';
import { removeRunnerThings } from '../scripts/local-ci/remove-runner-things.ts';
import { BenchRig } from './measure/bench-rig.ts';
import { checkLimits } from './report/check-limits.ts';
import { choosePart, type BenchPart } from './choose-part.ts';
import { describeResults } from './report/print-results.ts';
import { runBench } from './run-bench.ts';
import { currentLoad, saveResults } from './report/save-results.ts';

const IMAGES = ['busybox:latest', 'gitbase:latest', 'redis:7'];

/** Prepares the machine, measures, prints, and takes everything down again. Gives the exit code. */
async function bench(part: BenchPart, signal: AbortSignal): Promise<number> {
  await using undo = new AsyncDisposableStack();
  const engine = undo.use(await useEngine('current'));
  const loadBefore = currentLoad();
  console.log(`engine ${engine.version} (API ${engine.apiVersion}), load of the machine ${loadBefore.toFixed(1)}`);
  await ensureImages(IMAGES, engine);
  const folder = await mkdtemp(join(tmpdir(), 'dockworker-bench-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const project = join(folder, 'project');
  await makeGitProject(DEMO_FILES, project);
  signal.throwIfAborted();
  const coordinator = await startLocalCoordinator({ dataDir: join(folder, 'coordinator'), project });
  undo.use(coordinator.process);
  undo.defer(async () => void (await removeRunnerThings(engine.socket, shortToken(coordinator.runnerToken))));
  const rig = new BenchRig(coordinator, { folder, socket: engine.socket, signal });
  const results = await runBench(rig, part);
  console.log(`\n${describeResults(results)}`);
  if (part.isAll) await saveResults(results, { engine, loadBefore });
  console.log(part.isAll ? 'written to bench/results.json' : 'only a full run is written to bench/results.json');
  return checkLimits(results).some(({ kind, met }) => kind === 'limit' && !met) ? 1 : 0;
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
// Nobody reads on: what was made has to go all the same.
process.stdout.on('error', () => interrupt.abort());
try {
  process.exitCode = await bench(choosePart(process.argv.slice(2)), interrupt.signal);
} catch (error) {
  process.exitCode = 1;
  if (interrupt.signal.aborted) console.error('bench: interrupted; all that it made is removed');
  else if (isSetupError(error) || error instanceof CommandError) console.error(`bench: ${explain(error)}`);
  else throw error;
}
