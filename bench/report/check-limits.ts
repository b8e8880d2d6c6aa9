import type { BurstResult } from '../measure/measure-burst.ts';
import type { JournalResult } from '../measure/measure-journal.ts';
import type { PairResult } from '../measure/measure-pairs.ts';
import type { ServicesResult } from '../measure/measure-services.ts';
import type { RequestResult } from '../measure/measure-requests.ts';
import { SCENARIOS } from '../scenarios.ts';
import type { Spread } from './statistics.ts';

/** Everything that one run of the bench has measured; what was not asked for is absent. */
export interface BenchResults {
  readonly pairs: Readonly<Record<string, PairResult>>;
  readonly requests: Readonly<Record<string, RequestResult>>;
  readonly burst?: BurstResult;
  /** Seconds from cancel to the end of the container. */
  readonly cancel?: Spread;
  readonly services?: ServicesResult;
  readonly journal?: JournalResult;
}

/** A figure that must not be exceeded (`limit`), or one that we are after (`goal`). */
export interface Verdict {
  readonly kind: 'limit' | 'goal';
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly met: boolean;
}

const MEGABYTE = 1024 * 1024;
const FIRST_TRACE_SECONDS = 0.3;
const CANCEL_SECONDS = 2;
const THREE_SERVICES = 1.3;
const RSS_GROWTH = 20 * MEGABYTE;
const IDLE_RSS_GOAL = 90 * MEGABYTE;
const JOBS_PER_MINUTE_GOAL = 400;
const JOURNAL_SHARE = 0.03;

/** Holds the results against the limits; medians count. */
export function checkLimits(results: BenchResults): Verdict[] {
  return [
    ...SCENARIOS.flatMap(({ name }) => [...pairVerdicts(name, results), ...requestVerdicts(name, results)]),
    ...burstVerdicts(results.burst),
    ...(results.cancel === undefined ? [] : [cancelVerdict(results.cancel)]),
    ...(results.services === undefined ? [] : [servicesVerdict(results.services)]),
    ...journalVerdicts(results),
  ];
}

function pairVerdicts(name: string, { pairs }: BenchResults): Verdict[] {
  const result = pairs[name];
  const scenario = SCENARIOS.find((known) => known.name === name);
  if (result === undefined || scenario === undefined) return [];
  const { ratioLimit, ratioGoal, title } = scenario;
  const ratio = (kind: Verdict['kind'], bound: number | undefined): Verdict[] =>
    bound === undefined ? [] : [atMost(kind, `${title} / docker run`, result.ratio.median, [bound, times])];
  const first = result.handedToFirstTrace.median;
  const trace = atMost('limit', `${title}: first trace byte after`, first, [FIRST_TRACE_SECONDS, seconds]);
  return [...ratio('limit', ratioLimit), ...ratio('goal', ratioGoal), trace];
}

function requestVerdicts(name: string, { requests }: BenchResults): Verdict[] {
  const result = requests[name];
  const scenario = SCENARIOS.find((known) => known.name === name);
  if (result === undefined || scenario === undefined) return [];
  const { title, containerStarts, requestGoal } = scenario;
  const starts = atMost('limit', `${title}: container starts`, result.containerStarts, [containerStarts, String]);
  if (requestGoal === undefined) return [starts];
  return [starts, atMost('goal', `${title}: engine requests`, result.requests, [requestGoal, String])];
}

function burstVerdicts(burst: BurstResult | undefined): Verdict[] {
  if (burst === undefined) return [];
  const growth = burst.afterBytes - burst.idleBytes;
  const rate = burst.jobsPerMinute.median;
  return [
    atMost('limit', 'memory after the bursts, above idle', growth, [RSS_GROWTH, megabytes]),
    atMost('limit', 'containers, networks, volumes left', burst.leftThings, [0, String]),
    atMost('goal', 'memory of an idle agent', burst.idleBytes, [IDLE_RSS_GOAL, megabytes]),
    {
      kind: 'goal',
      what: 'smallest jobs a minute, 4 at a time',
      measured: rate.toFixed(0),
      bound: `>= ${String(JOBS_PER_MINUTE_GOAL)}`,
      met: rate >= JOBS_PER_MINUTE_GOAL,
    },
  ];
}

/** A share of the smallest job's time, when both were measured in this run. */
function journalVerdicts({ journal, pairs }: BenchResults): Verdict[] {
  const { smallest } = pairs;
  if (journal === undefined || smallest === undefined) return [];
  const share = journal.ms.median / 1000 / smallest.job.median;
  return [atMost('limit', 'journal, share of the smallest job', share, [JOURNAL_SHARE, percent])];
}

const cancelVerdict = ({ max }: Spread): Verdict =>
  atMost('limit', 'cancel to dead container, the slowest', max, [CANCEL_SECONDS, seconds]);

const servicesVerdict = ({ ratio }: ServicesResult): Verdict =>
  atMost('limit', 'three services / the slowest alone', ratio.median, [THREE_SERVICES, times]);

type Bound = readonly [value: number, format: (value: number) => string];

function atMost(kind: Verdict['kind'], what: string, measured: number, [bound, format]: Bound): Verdict {
  return { kind, what, measured: format(measured), bound: `<= ${format(bound)}`, met: measured <= bound };
}

const times = (value: number): string => `${value.toFixed(2)}x`;
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;
export const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(0)} MB`;
