import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain, isSetupError } from '../../scripts/common/setup-error.ts';
import { ensureImages } from '../../scripts/images/ensure-images.ts';
import { useEngine } from '../../scripts/local-ci/local-engine.ts';
import { makeGitProject } from '../../scripts/local-ci/make-git-project.ts';
import { BorderPlans } from './border-plans.ts';
import { CAMPAIGN_HELP, campaignArguments, type CampaignArguments } from './campaign-arguments.ts';
import { campaign, describeCampaign } from './campaign.ts';
import { OwnEngine } from './own-engine.ts';
import { engineRestartPlan, runPlan, type RunPlan } from './run-plan.ts';

const IMAGES = ['busybox:latest', 'gitbase:latest'];
const PROJECT = join(import.meta.dirname, '..', 'e2e', 'project');

function* chancePlans({ seed, runs, engineRestarts }: CampaignArguments): Iterable<RunPlan> {
  const abilities = { smallDisk: process.getuid?.() === 0 };
  const makePlan = engineRestarts === undefined ? runPlan : engineRestartPlan;
  for (let run = 0; run < runs; run += 1) yield makePlan(seed + run, abilities);
}

async function main(signal: AbortSignal): Promise<number> {
  const options = campaignArguments();
  if (options.help) {
    console.log(CAMPAIGN_HELP);
    return 0;
  }
  await using undo = new AsyncDisposableStack();
  const engine = undo.use(await useEngine('current'));
  await ensureImages(IMAGES, { socket: engine.socket });
  const folder = await mkdtemp(join(tmpdir(), 'dockworker-faults-'));
  let failed = true;
  undo.defer(() => (options.keep && failed ? undefined : rm(folder, { recursive: true, force: true })));
  const project = join(folder, 'project');
  await makeGitProject(PROJECT, project);
  const borders = new BorderPlans();
  const plans = options.borders ? borders.plans(options.seed, options.runs) : chancePlans(options);
  const last = options.borders ? 'the last border' : String(options.seed + options.runs - 1);
  console.log(`engine ${engine.version}; seeds ${String(options.seed)} to ${last}`);
  const ownEngine = await startOwnEngine(options, engine.socket, folder, undo);
  const verdicts = await campaign(plans, {
    ...options,
    parallel: ownEngine === undefined ? options.parallel : 1,
    shared: { socket: ownEngine?.socket ?? engine.socket, folder, project, direct: ownEngine !== undefined },
    ownEngine,
    print: (line) => console.log(line),
    onVerdict: ({ plan, deaths }) => {
      if (options.borders && deaths === 0) borders.over(plan);
    },
    signal,
  });
  for (const line of describeCampaign(verdicts, options)) console.log(line);
  failed = verdicts.some(({ problems }) => problems.length > 0);
  return failed || signal.aborted ? 1 : 0;
}

async function startOwnEngine(
  { engineRestarts }: CampaignArguments,
  outer: string,
  folder: string,
  undo: AsyncDisposableStack,
): Promise<OwnEngine | undefined> {
  if (engineRestarts === undefined) return undefined;
  return undo.use(await OwnEngine.start({ outer, folder, images: IMAGES, liveRestore: engineRestarts === 'live' }));
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
