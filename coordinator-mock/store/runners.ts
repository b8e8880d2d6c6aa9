import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { JobRecord } from './job-record.ts';

/** One agent process that uses a runner's token, by its system_id. */
export interface RunnerManager {
  readonly systemId: string;
  features: Readonly<Record<string, boolean>>;
  contactedAt: string;
}

export interface RunnerOptions {
  readonly token?: string;
  readonly tags?: readonly string[];
  readonly runUntagged?: boolean;
  readonly paused?: boolean;
  readonly locked?: boolean;
  readonly orphaned?: boolean;
  readonly description?: string;
  /** Seconds; a job's own timeout counts when it is shorter. */
  readonly maximumTimeout?: number;
  /** ISO 8601. */
  readonly expiresAt?: string;
}

/** One registered runner. `queueValue` is what X-GitLab-Last-Update tells it: it changes when there may be a job for it. */
export interface RunnerRecord extends Omit<RunnerOptions, 'token' | 'expiresAt'> {
  readonly id: number;
  readonly managers: Map<string, RunnerManager>;
  readonly tags: readonly string[];
  readonly expiresAt: string | undefined;
  token: string;
  paused: boolean;
  queueValue: string;
}

const newQueueValue = (): string => randomBytes(8).toString('hex');

/** All runners, and the signal to those that wait for a job. */
export class RunnerStore {
  /** Emits `tick:<runner id>` when the queue value of that runner changes. */
  readonly events = new EventEmitter().setMaxListeners(0);
  readonly #byToken = new Map<string, RunnerRecord>();
  #lastId = 0;

  add(options: RunnerOptions): RunnerRecord {
    const { token = newRunnerToken(), tags = [], paused = false, expiresAt, ...rest } = options;
    this.#lastId += 1;
    const fixed = { id: this.#lastId, managers: new Map<string, RunnerManager>(), expiresAt };
    const runner: RunnerRecord = { ...rest, ...fixed, token, tags, paused, queueValue: newQueueValue() };
    this.#byToken.set(token, runner);
    return runner;
  }

  /** The runner that the token belongs to; undefined for an unknown and for an expired token. */
  authenticate(token: string): RunnerRecord | undefined {
    const runner = this.#byToken.get(token);
    const expired = runner?.expiresAt !== undefined && Date.parse(runner.expiresAt) <= Date.now();
    return expired ? undefined : runner;
  }

  all(): RunnerRecord[] {
    return [...this.#byToken.values()];
  }

  byId(id: number): RunnerRecord | undefined {
    return this.all().find((runner) => runner.id === id);
  }

  remove(runner: RunnerRecord): void {
    this.#byToken.delete(runner.token);
  }

  /** Gives the runner a new token; the old one is invalid at once. */
  resetToken(runner: RunnerRecord): string {
    this.#byToken.delete(runner.token);
    runner.token = newRunnerToken();
    this.#byToken.set(runner.token, runner);
    return runner.token;
  }

  /** Remembers the manager that called; features are kept when the call brought none. */
  contact(runner: RunnerRecord, systemId: string | undefined, features?: Record<string, boolean>): RunnerManager {
    const id = systemId ?? '<legacy>';
    const known = runner.managers.get(id);
    const contactedAt = new Date().toISOString();
    const manager: RunnerManager = { systemId: id, features: features ?? known?.features ?? {}, contactedAt };
    runner.managers.set(id, manager);
    return manager;
  }

  /** Tells every runner that could take the job to ask again. */
  tick(job: JobRecord): void {
    for (const runner of this.#byToken.values()) if (mayRun(runner, job)) this.tickRunner(runner);
  }

  tickRunner(runner: RunnerRecord): void {
    runner.queueValue = newQueueValue();
    this.events.emit(`tick:${runner.id}`);
  }
}

const newRunnerToken = (): string => `glrt-${randomBytes(15).toString('base64url')}`;

/** Whether the job fits the runner: its tags, untagged jobs, and no other runner asked for. A paused runner gets nothing. */
export function mayRun(runner: RunnerRecord, job: JobRecord): boolean {
  if (runner.paused || runner.orphaned === true) return false;
  if (job.options.for_runner !== undefined && job.options.for_runner !== runner.token) return false;
  if (job.options.tags.length === 0) return runner.runUntagged !== false;
  return job.options.tags.every((tag) => runner.tags.includes(tag));
}
