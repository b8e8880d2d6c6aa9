import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobRecord } from '../../coordinator-mock/store/job-record.ts';
import { AgentLives } from './agent-lives.ts';
import type { Resumption } from './agent-process.ts';
import { checkJob, type Disturbance, type EndedJob } from './check-job.ts';
import { jobsOnDisk, keepJob, linkJobFiles } from './keep-files.ts';
import { jobOrder } from './job-order.ts';
import type { OwnEngine } from './own-engine.ts';
import type { Problem } from './problem.ts';
import { openRunPlace, removeRunFolder, type CampaignPlace, type RunPlace } from './run-place.ts';
import type { JobPlan, RunPlan, Trouble } from './run-plan.ts';
import { SmallDisk } from './small-disk.ts';
import { isEarly, makeTrouble, type TroubleContext } from './troubles.ts';

export interface FaultRunOptions {
  readonly shared: CampaignPlace;
  readonly ownEngine: OwnEngine | undefined;
  /** Keep folder and logs of a run that failed. */
  readonly keep: boolean;
  /** Most that a run may take until its jobs have ended, in milliseconds. */
  readonly patienceMs: number;
}

/** What came of one run. */
export interface RunVerdict {
  readonly plan: RunPlan;
  readonly problems: readonly Problem[];
  /** Jobs that were handed out while their agent died: nobody has ever seen them. */
  readonly inFlight: number;
  /** How often the agent was ended before its jobs were. */
  readonly deaths: number;
  readonly resumed: readonly Resumption[];
  /** How each job ended for the coordinator. */
  readonly ends: readonly string[];
  readonly seconds: number;
  /** Where its files are, when they were kept. */
  readonly folder: string | undefined;
}

const POLL_MS = 40;
/** Removal goes on after the result, and a job that nobody saw is given this long to appear. */
const SETTLE_MS = 20_000;
const UNSEEN_MS = 3000;

/** One run of the campaign: the real agent, engine and coordinator, disturbed as planned, and what is wrong afterwards. */
export async function faultRun(plan: RunPlan, options: FaultRunOptions): Promise<RunVerdict> {
  const begin = performance.now();
  await using undo = new AsyncDisposableStack();
  const name = `run-${String(plan.seed)}`;
  let kept = false;
  undo.defer(() => (kept ? undefined : removeRunFolder(options.shared, name)));
  const place = await openRunPlace(
    options.shared,
    name,
    plan.jobs.some(({ sources }) => sources),
    undo,
  );
  const run = new FaultRun(plan, place, options);
  const problems = await run.problems(undo);
  kept = problems.length > 0 && options.keep;
  const { inFlight, deaths, resumed, ends } = run;
  const seconds = (performance.now() - begin) / 1000;
  return { plan, problems, inFlight, deaths, resumed, ends, seconds, folder: kept ? place.folder : undefined };
}

class FaultRun {
  readonly #plan: RunPlan;
  readonly #place: RunPlace;
  readonly #options: FaultRunOptions;
  readonly #jobs = new Map<string, JobRecord>();
  readonly #disturbances = new Map<string, Disturbance>();
  readonly #mishaps: string[] = [];
  inFlight = 0;
  deaths = 0;
  resumed: readonly Resumption[] = [];

  constructor(plan: RunPlan, place: RunPlace, options: FaultRunOptions) {
    this.#plan = plan;
    this.#place = place;
    this.#options = options;
  }

  get ends(): string[] {
    return this.#entries().map(({ record: { state, failureReason } }) => failureReason ?? state);
  }

  async problems(undo: AsyncDisposableStack): Promise<Problem[]> {
    const disk = await this.#smallDisk(undo);
    const over = new AbortController();
    const lives = new AgentLives(this.#place, this.#plan.lives, this.#clockJump());
    undo.defer(() => lives.stop());
    undo.defer(() => over.abort());
    const context = this.#troubleContext(disk);
    const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
    await lives.start(ready);
    for (const trouble of this.#plan.troubles.filter(isEarly)) await makeTrouble(trouble, context, over.signal);
    for (const job of this.#plan.jobs) await this.#queue(job);
    await this.#until(() => this.#entries().every(({ record }) => this.#isSeen(record)), this.#options.patienceMs);
    isReady();
    const late = this.#plan.troubles.filter((trouble) => !isEarly(trouble));
    const troubles = late.map((trouble) => this.#trouble(trouble, context, over.signal));
    const ended = await this.#until(() => this.#isOver(), this.#options.patienceMs);
    over.abort();
    await Promise.all(troubles);
    const leftovers = await this.#leftovers();
    this.deaths = lives.deaths.length;
    await lives.stop();
    this.resumed = lives.resumed;
    const trouble = [...lives.problems, ...this.#mishaps].map((text): Problem => ({ kind: 'agent', text }));
    return [...trouble, ...(ended ? [] : this.#unended()), ...(await this.#checkJobs(lives)), ...leftovers];
  }

  /** A trouble that cannot be made makes a run that shows nothing; one that comes too late does not. */
  async #trouble(trouble: Trouble, context: TroubleContext, signal: AbortSignal): Promise<void> {
    try {
      await makeTrouble(trouble, context, signal);
    } catch (error) {
      if (!signal.aborted) this.#mishaps.push(`no ${trouble.kind}: ${String(error)}`);
    }
  }

  async #smallDisk(undo: AsyncDisposableStack): Promise<SmallDisk | undefined> {
    if (!this.#plan.troubles.some(({ kind }) => kind === 'disk')) return undefined;
    const disk = await SmallDisk.mount(this.#place.stateDir);
    return disk === undefined ? undefined : undo.use(disk);
  }

  #clockJump(): string | undefined {
    const jump = this.#plan.troubles.find((trouble) => trouble.kind === 'clock');
    return jump === undefined ? undefined : `${String(Date.now() + jump.atMs)}:${String(jump.hours * 3_600_000)}`;
  }

  #troubleContext(disk: SmallDisk | undefined): TroubleContext {
    const { ownEngine } = this.#options;
    const note = (tag: string, disturbance: Disturbance): void => {
      this.#disturbances.set(tag, { ...this.#disturbances.get(tag), ...disturbance });
    };
    return { place: this.#place, jobs: this.#jobs, disk, ownEngine, note };
  }

  async #queue(job: JobPlan): Promise<void> {
    const { url, state } = this.#place.coordinator;
    const response = await fetch(`${url}/mock/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(jobOrder(job, this.#plan.secret)),
    });
    const { id } = (await response.json()) as { id: number };
    const record = state.jobs.get(id);
    if (record === undefined) throw new Error(`the coordinator did not queue job ${job.tag}`);
    this.#jobs.set(job.tag, record);
  }

  #entries(): { plan: JobPlan; record: JobRecord }[] {
    return this.#plan.jobs.flatMap((plan) => {
      const record = this.#jobs.get(plan.tag);
      return record === undefined ? [] : [{ plan, record }];
    });
  }

  /** The agent has it, or had it. */
  #isSeen(record: JobRecord): boolean {
    return record.hasEnded || record.updates.length > 0 || this.#stateOf(record.id) || this.#isUnseen(record);
  }

  #stateOf(id: number): boolean {
    return jobsOnDisk(this.#place.stateDir).includes(String(id));
  }

  /** Handed out a while ago into nothing. */
  #isUnseen(record: JobRecord): boolean {
    const { handed } = record.t;
    if (handed === undefined || record.updates.length > 0 || this.#stateOf(record.id)) return false;
    return (this.#place.coordinator.state.clock.seconds() - handed) * 1000 > UNSEEN_MS;
  }

  /** All results are there, or will never be wanted, and the agent has let go of them. */
  #isOver(): boolean {
    const over = this.#entries().every(({ plan, record }) => {
      const forbidden = this.#disturbances.get(plan.tag)?.forbidden === true;
      return record.hasEnded || this.#isUnseen(record) || (forbidden && record.updates.length > 0);
    });
    return over && jobsOnDisk(this.#place.stateDir).length === 0;
  }

  /** Asks until it is so or the time is over. */
  async #until(condition: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
    const end = performance.now() + ms;
    while (!(await condition())) {
      if (this.#options.keep) linkJobFiles(this.#place.stateDir, this.#place.folder);
      if (performance.now() > end) return false;
      await delay(POLL_MS);
    }
    return true;
  }

  async #leftovers(): Promise<Problem[]> {
    let left: string[] = [];
    const gone = await this.#until(async () => {
      left = await this.#place.objects.leftovers();
      return left.length === 0;
    }, SETTLE_MS);
    return gone ? [] : [{ kind: 'leftovers', text: `on the engine: ${left.join(', ')}` }];
  }

  #unended(): Problem[] {
    const running = this.#entries().filter(({ record }) => !record.hasEnded);
    const patience = `${String(this.#options.patienceMs / 1000)} s`;
    const dirs = jobsOnDisk(this.#place.stateDir);
    return [
      ...running.map(({ plan, record }): Problem => {
        return { kind: 'wrong results', text: `${plan.tag}: still ${record.state} after ${patience}` };
      }),
      ...(dirs.length === 0
        ? []
        : [{ kind: 'leftovers', text: `in the state directory: ${dirs.join(', ')}` } as const]),
    ];
  }

  async #checkJobs(lives: AgentLives): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const { plan, record } of this.#entries()) {
      const unseen = !record.hasEnded && this.#isUnseen(record);
      if (unseen) this.inFlight += 1;
      const noted = this.#disturbances.get(plan.tag);
      const unread = noted?.endedAt !== undefined && !lives.wasThere(noted.endedAt);
      const disturbance = { ...noted, inFlight: unseen, unread };
      const effects = {
        script: await this.#effects(plan.tag, 'script'),
        after: await this.#effects(plan.tag, 'after'),
      };
      const job: EndedJob = { plan, record, disturbance, effects };
      const found = checkJob(job, this.#plan.secret);
      if (found.length > 0 && this.#options.keep) await keepJob(this.#place.folder, plan, record);
      problems.push(...found);
    }
    return problems;
  }

  async #effects(tag: string, script: string): Promise<number> {
    const text = await readFile(join(this.#place.effects, `${tag}-${script}`), 'utf8').catch(() => '');
    return text.split('\n').length - 1;
  }
}
