import PQueue from 'p-queue';
import { describePlan } from './describe-plan.ts';
import { faultRun, type FaultRunOptions, type RunVerdict } from './fault-run.ts';
import { PROBLEM_KINDS } from './problem.ts';
import type { RunPlan } from './run-plan.ts';

export interface CampaignOptions extends FaultRunOptions {
  /** Runs at a time. */
  readonly parallel: number;
  readonly print: (line: string) => void;
  /** Called after each run. */
  readonly onVerdict?: (verdict: RunVerdict) => void;
  readonly signal: AbortSignal;
}

/** Runs plans until there are no more or the signal aborts, prints a line for each and gives the verdicts. */
export async function campaign(plans: Iterable<RunPlan>, options: CampaignOptions): Promise<RunVerdict[]> {
  const { print, signal, parallel } = options;
  const verdicts: RunVerdict[] = [];
  const queue = new PQueue({ concurrency: parallel });
  for (const plan of plans) {
    await queue.onSizeLessThan(1);
    if (signal.aborted) break;
    void queue.add(async () => {
      const verdict = await guardedRun(plan, options);
      verdicts.push(verdict);
      options.onVerdict?.(verdict);
      for (const line of describeVerdict(verdict)) print(line);
    });
  }
  await queue.onIdle();
  return verdicts;
}

/** A run that breaks off is a run that failed. */
async function guardedRun(plan: RunPlan, options: FaultRunOptions): Promise<RunVerdict> {
  const begin = performance.now();
  try {
    return await faultRun(plan, options);
  } catch (error) {
    const problems = [{ kind: 'agent', text: error instanceof Error ? error.message : String(error) } as const];
    return {
      plan,
      problems,
      inFlight: 0,
      deaths: 0,
      resumed: [],
      ends: [],
      seconds: (performance.now() - begin) / 1000,
      folder: undefined,
    };
  }
}

function describeVerdict({ plan, problems, seconds, folder }: RunVerdict): string[] {
  const verdict = problems.length === 0 ? 'ok  ' : 'FAIL';
  return [
    `${verdict} ${String(plan.seed).padEnd(10)} ${seconds.toFixed(1).padStart(5)} s  ${describePlan(plan)}`,
    ...problems.map(({ kind, text }) => `       ${kind}: ${text}`),
    ...(folder === undefined ? [] : [`       kept in ${folder}`]),
  ];
}

/** What has to be said again so that a seed is the same run. */
interface RepeatOptions {
  readonly borders?: boolean;
  readonly engineRestarts?: string | undefined;
}

const repeatOptions = ({ borders = false, engineRestarts }: RepeatOptions): string =>
  `${borders ? '--borders ' : ''}${engineRestarts === undefined ? '' : `--engine-restarts ${engineRestarts} `}`;

/** The figures of a campaign, and how to repeat what failed. */
export function describeCampaign(verdicts: readonly RunVerdict[], options: RepeatOptions = {}): string[] {
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  const counts = PROBLEM_KINDS.map((kind) => `${String(problems.filter((one) => one.kind === kind).length)} ${kind}`);
  const failed = verdicts.filter((verdict) => verdict.problems.length > 0);
  const jobs = verdicts.reduce((sum, { plan }) => sum + plan.jobs.length, 0);
  const deaths = verdicts.reduce((sum, verdict) => sum + verdict.deaths, 0);
  const inFlight = verdicts.reduce((sum, verdict) => sum + verdict.inFlight, 0);
  const lines = verdicts.reduce(
    (sum, { plan }) =>
      sum + plan.jobs.reduce((part, { script }) => part + script.stdout.length + script.stderr.length, 0),
    0,
  );
  const ends = Map.groupBy(
    verdicts.flatMap((verdict) => verdict.ends),
    (end) => end,
  );
  return [
    `${String(verdicts.length)} runs, ${String(jobs)} jobs, ${String(lines)} lines, ${String(deaths)} ends of the agent: ${counts.join(', ')}`,
    `jobs ended as: ${[...ends].map(([end, all]) => `${String(all.length)} ${end}`).join(', ')}`,
    ...(inFlight === 0
      ? []
      : [`${String(inFlight)} jobs were handed out into a connection that was lost; no agent has seen them`]),
    ...failed.map(
      ({ plan }) => `repeat with: npm run faults -- ${repeatOptions(options)}--seed ${String(plan.seed)} --keep`,
    ),
    `${String(verdicts.length - failed.length)} passed, ${String(failed.length)} failed`,
  ];
}
