import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { explain, isSetupError, SetupError } from '../../scripts/common/setup-error.ts';
import { ensureImages } from '../../scripts/images/ensure-images.ts';
import { useEngine } from '../../scripts/local-ci/local-engine.ts';
import { makeGitProject } from '../../scripts/local-ci/make-git-project.ts';
import { campaign, describeCampaign } from './campaign.ts';
import { runPlan, type Abilities, type RunPlan } from './run-plan.ts';

const IMAGES = ['busybox:latest', 'gitbase:latest'];
const PROJECT = join(import.meta.dirname, '..', 'e2e', 'project');
const HELP = `Usage: npm run faults -- [--runs N] [--seed S] [--parallel N] [--patience SECONDS] [--keep]

Runs jobs on the real engine, kills the agent and disturbs everything around it, and checks that nothing was lost.
  --runs N        runs, with the seeds S, S+1, ... (default 1 with --seed, else 20)
  --seed S        first seed (default: a random one)
  --parallel N    runs at a time (default 3)
  --patience S    seconds until a job that has not ended is given up (default 60)
  --keep          keep the files and logs of runs that failed`;

function readArguments(): {
  runs: number;
  seed: number;
  parallel: number;
  patienceMs: number;
  keep: boolean;
  help: boolean;
} {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      parallel: { type: 'string', default: '3' },
      patience: { type: 'string', default: '60' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    runs: wholeNumber('runs', values.runs ?? (values.seed === undefined ? '20' : '1')),
    seed: values.seed === undefined ? randomInt(1, 2 ** 31) : wholeNumber('seed', values.seed),
    parallel: wholeNumber('parallel', values.parallel),
    patienceMs: wholeNumber('patience', values.patience) * 1000,
    keep: values.keep,
    help: values.help,
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new SetupError(`--${name} ${text}: write a whole number from 1`);
  return value;
}

function* plans(seed: number, runs: number, abilities: Abilities): Iterable<RunPlan> {
  for (let run = 0; run < runs; run += 1) yield runPlan(seed + run, abilities);
}

async function main(signal: AbortSignal): Promise<number> {
  const options = readArguments();
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  await using undo = new AsyncDisposableStack();
  const engine = undo.use(await useEngine('current'));
  await ensureImages(IMAGES, { socket: engine.socket });
  const folder = await mkdtemp(join(tmpdir(), 'dockworker-faults-'));
  if (!options.keep) undo.defer(() => rm(folder, { recursive: true, force: true }));
  const project = join(folder, 'project');
  await makeGitProject(PROJECT, project);
  console.log(`engine ${engine.version}; seeds ${String(options.seed)} to ${String(options.seed + options.runs - 1)}`);
  const abilities = { smallDisk: process.getuid?.() === 0, engineRestart: false };
  const verdicts = await campaign(plans(options.seed, options.runs, abilities), {
    ...options,
    shared: { socket: engine.socket, folder, project },
    ownEngine: undefined,
    print: (line) => console.log(line),
    signal,
  });
  for (const line of describeCampaign(verdicts)) console.log(line);
  return verdicts.some(({ problems }) => problems.length > 0) || signal.aborted ? 1 : 0;
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupt.abort());
try {
  process.exitCode = await main(interrupt.signal);
} catch (error) {
  if (!isSetupError(error)) throw error;
  console.error(`faults: ${explain(error)}`);
  process.exitCode = 2;
}
