import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { SetupError } from '../../scripts/common/setup-error.ts';

/** More than there are borders. */
const ALL = '1000';

export const CAMPAIGN_HELP = `Usage: npm run faults -- [--runs N] [--seed S] [--borders] [--engine-restarts HOW] [--parallel N] [--patience SECONDS] [--keep]

Runs jobs on the real engine, kills the agent and disturbs everything around it, and checks that nothing was lost.
  --runs N        runs, with the seeds S, S+1, ... (default 1 with --seed, else 20)
  --seed S        first seed (default: a random one)
  --borders       no chance: kill the agent once at every border of one job's life (--seed S begins at the S-th)
  --engine-restarts HOW
                  on an engine of the campaign's own, which is restarted or killed in each run: "plain" or "live"
                  (live-restore: containers outlive the daemon); one run at a time
  --parallel N    runs at a time (default 3)
  --patience S    seconds until a job that has not ended is given up (default 120)
  --keep          keep the files and logs of runs that failed`;

/** What the command line asks for. */
export interface CampaignArguments {
  readonly runs: number;
  readonly seed: number;
  readonly parallel: number;
  readonly patienceMs: number;
  readonly keep: boolean;
  /** Kill the agent at every border in turn, by no chance. */
  readonly borders: boolean;
  /** Undefined: the engine is left alone. */
  readonly engineRestarts: 'plain' | 'live' | undefined;
  readonly help: boolean;
}

/** Reads the command line. Throws `SetupError` for a value that cannot be used. */
export function campaignArguments(): CampaignArguments {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      parallel: { type: 'string', default: '3' },
      patience: { type: 'string', default: '120' },
      keep: { type: 'boolean', default: false },
      borders: { type: 'boolean', default: false },
      'engine-restarts': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { borders, seed, runs = defaultRuns(borders, seed) } = values;
  return {
    runs: wholeNumber('runs', runs),
    seed: wholeNumber('seed', seed ?? (borders ? '1' : String(randomInt(1, 2 ** 31)))),
    parallel: wholeNumber('parallel', values.parallel),
    patienceMs: wholeNumber('patience', values.patience) * 1000,
    keep: values.keep,
    borders,
    engineRestarts: engineRestarts(values['engine-restarts']),
    help: values.help,
  };
}

function engineRestarts(text: string | undefined): 'plain' | 'live' | undefined {
  if (text === undefined || text === 'plain' || text === 'live') return text;
  throw new SetupError(`--engine-restarts ${text}: write "plain" or "live"`);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new SetupError(`--${name} ${text}: write a whole number from 1`);
  return value;
}

const defaultRuns = (borders: boolean, seed: string | undefined): string =>
  seed === undefined ? (borders ? ALL : '20') : '1';
