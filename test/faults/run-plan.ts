import { seededRandom } from '../support/seeded-random.ts';
import { outputScript, type OutputScript } from './output-script.ts';

/** One job of a run: what it prints and how it is to end when nobody disturbs it. */
export interface JobPlan {
  readonly tag: string;
  readonly script: OutputScript;
  readonly after: OutputScript | undefined;
  readonly exitCode: number;
  readonly service: boolean;
  readonly sources: boolean;
  readonly timestamps: boolean;
  /** Bytes of comment in the script: a long one reaches the shell in several pieces. */
  readonly padding: number;
  /** How the coordinator misbehaves for this job (`_opts` of the mock). */
  readonly options: Readonly<Record<string, unknown>>;
}

/** When something happens, counted from the start of the agent process. */
export type Moment =
  | { readonly kind: 'time'; readonly ms: number }
  /** Around the n-th entry that the process adds to a journal; `torn`: with half of it written. */
  | { readonly kind: 'journal'; readonly entry: number; readonly edge: 'before' | 'torn' | 'after' }
  /** As soon as the n-th request that changes something has gone to the engine. */
  | { readonly kind: 'engine'; readonly request: number }
  /** When the answer to the n-th call about a job is there but not delivered. */
  | { readonly kind: 'coordinator'; readonly call: number }
  /** With the first part of a script sent, the rest not. */
  | { readonly kind: 'script'; readonly bytes: number };

/** How an agent process ends, and how long it is gone. */
export interface LifeEnd {
  readonly how: 'kill' | 'detach';
  readonly moment: Moment;
  readonly pauseMs: number;
  /** A moment that does not come soon is waited for until the jobs are over. */
  readonly patient?: boolean;
}

/** What else happens, in milliseconds after the jobs were queued. */
export type Trouble = { readonly atMs: number } & (
  | { readonly kind: 'line'; readonly mode: 'cut' | 'refuse' | 'hang' | 'slow'; readonly ms: number }
  | { readonly kind: 'answer'; readonly endpoint: Endpoint; readonly status: number; readonly count: number }
  | { readonly kind: 'container'; readonly job: string; readonly how: 'kill' | 'remove' }
  | { readonly kind: 'cancel'; readonly job: string; readonly force: boolean }
  | { readonly kind: 'disk'; readonly ms: number }
  | { readonly kind: 'clock'; readonly hours: number }
  | { readonly kind: 'engine'; readonly graceful: boolean }
);
export type Endpoint = 'jobs/request' | 'trace' | 'put';

/** Everything that happens in one run. */
export interface RunPlan {
  readonly seed: number;
  readonly secret: string;
  readonly jobs: readonly JobPlan[];
  readonly lives: readonly LifeEnd[];
  readonly troubles: readonly Trouble[];
}

/** What this machine can do. */
export interface Abilities {
  readonly smallDisk: boolean;
}

type Random = () => number;

export const chance = (random: Random, probability: number): boolean => random() < probability;
export const below = (random: Random, limit: number): number => Math.floor(random() * limit);
export const pick = <T>(random: Random, items: readonly [T, ...(readonly T[])]): T =>
  items[below(random, items.length)] ?? items[0];

/** The plan of a seed: always the same one. */
export function runPlan(seed: number, abilities: Abilities): RunPlan {
  const random = seededRandom(seed);
  const secret = `s3cr3t-${below(random, 1e9).toString(36)}-${below(random, 1e9).toString(36)}`;
  const count = 1 + below(random, 3);
  const jobs = ['a', 'b', 'c'].slice(0, count).map((tag) => jobPlan(tag, secret, random));
  const lives = Array.from({ length: pick(random, [0, 1, 1, 1, 2, 2, 3]) }, () => lifeEnd(random));
  const wanted = lives.length === 0 ? 1 + below(random, 2) : below(random, 2);
  const troubles = Array.from({ length: wanted }, () => trouble(random, jobs, abilities));
  return { seed, secret, jobs, lives, troubles };
}

/** The plan of a seed on an engine that is restarted meanwhile. */
export function engineRestartPlan(seed: number, abilities: Abilities): RunPlan {
  const plan = runPlan(seed, abilities);
  const random = seededRandom(-seed);
  const restart = { atMs: 300 + below(random, 2700), kind: 'engine', graceful: chance(random, 0.7) } as const;
  return { ...plan, troubles: [...plan.troubles.filter(({ kind }) => kind !== 'container'), restart] };
}

/** A job with these of its features switched by chance. */
export function jobPlan(tag: string, secret: string, random: Random): JobPlan {
  const timestamps = chance(random, 0.8);
  const output = { secret, wholeLines: !timestamps };
  const script = outputScript(
    { ...output, prefix: '', pieces: 5 + below(random, 40), pauseMs: 300 + below(random, 2500) },
    random,
  );
  const after = chance(random, 0.4)
    ? outputScript({ ...output, prefix: 'A', pieces: 1 + below(random, 8), pauseMs: below(random, 600) }, random)
    : undefined;
  return {
    tag,
    script,
    after,
    exitCode: chance(random, 0.7) ? 0 : 1 + below(random, 120),
    service: chance(random, 0.25),
    sources: chance(random, 0.3),
    timestamps,
    padding: chance(random, 0.15) ? 400_000 : 0,
    options: coordinatorOptions(random),
  };
}

function coordinatorOptions(random: Random): Record<string, unknown> {
  const kind = below(random, 12);
  if (kind === 0) return { final: [412] };
  if (kind === 1) return { final: [500, 429] };
  if (kind === 2) return { lose: { at: 500 + below(random, 4000), to: below(random, 500) } };
  if (kind === 3) return { force202: 1 };
  return {};
}

function lifeEnd(random: Random): LifeEnd {
  const how = chance(random, 0.75) ? 'kill' : 'detach';
  return { how, moment: moment(random, how), pauseMs: chance(random, 0.6) ? 0 : below(random, 2500) };
}

/** Within an entry or a script a process can only be killed: a signal would come too late. */
function moment(random: Random, how: LifeEnd['how']): Moment {
  const kind = how === 'detach' ? pick(random, [0, 0, 7, 8]) : below(random, 10);
  if (kind < 4) return { kind: 'time', ms: below(random, 3500) };
  if (kind < 7)
    return { kind: 'journal', entry: 1 + below(random, 24), edge: pick(random, ['before', 'torn', 'after']) };
  if (kind === 7) return { kind: 'engine', request: 1 + below(random, 12) };
  if (kind === 8) return { kind: 'coordinator', call: 1 + below(random, 8) };
  return { kind: 'script', bytes: below(random, 70_000) };
}

function trouble(random: Random, jobs: readonly JobPlan[], abilities: Abilities): Trouble {
  const atMs = below(random, 3500);
  const job = jobs[below(random, jobs.length)]?.tag ?? 'a';
  const kind = below(random, 20);
  if (kind < 6) {
    const mode = pick(random, ['cut', 'refuse', 'hang', 'slow'] as const);
    return { atMs, kind: 'line', mode, ms: 300 + below(random, 3000) };
  }
  if (kind < 12) return { atMs: below(random, 1500), kind: 'answer', ...answer(random) };
  if (kind < 14) return { atMs: 800 + atMs, kind: 'container', job, how: pick(random, ['kill', 'remove']) };
  if (kind < 16) return { atMs, kind: 'cancel', job, force: chance(random, 0.3) };
  if (kind < 18) return { atMs, kind: 'clock', hours: pick(random, [-5, -1, 3]) };
  if (kind < 19 && abilities.smallDisk) return { atMs, kind: 'disk', ms: 500 + below(random, 2000) };
  return { atMs, kind: 'line', mode: 'cut', ms: 0 };
}

function answer(random: Random): { endpoint: Endpoint; status: number; count: number } {
  const endpoint = pick<Endpoint>(random, ['trace', 'put', 'jobs/request']);
  const statuses: Record<Endpoint, readonly [number, ...number[]]> = {
    'jobs/request': [409, 500, 502, 429],
    trace: [500, 502, 429, 416, 409, 403],
    put: [500, 503, 429, 409, 412, 403],
  };
  return { endpoint, status: pick(random, statuses[endpoint]), count: 1 + below(random, 3) };
}
