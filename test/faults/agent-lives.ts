import { setTimeout as delay } from 'node:timers/promises';
import { AgentProcess, type Resumption } from './agent-process.ts';
import type { RunPlace } from './run-place.ts';
import type { LifeEnd, Moment } from './run-plan.ts';

/** A moment that is no time may never come: then this counts. */
const LATEST_MS = 2500;

/** Between two tries of an agent that does not begin. */
const AGAIN_MS = 300;
/** Output that is so old has been read. */
const SETTLED_MS = 1000;
/** A new process is certainly at work again. */
const RETURN_MS = 7000;

/** The agent of one run: one process after another, each ended as planned; the last one lives until `stop`. */
export class AgentLives {
  readonly problems: string[] = [];
  /** When a process was ended, on this process's clock. */
  readonly deaths: number[] = [];
  readonly #place: RunPlace;
  readonly #lives: readonly LifeEnd[];
  readonly #clock: string | undefined;
  readonly #stopped = new AbortController();
  readonly #processes: AgentProcess[] = [];
  #living: Promise<void> = Promise.resolve();

  constructor(place: RunPlace, lives: readonly LifeEnd[], clock: string | undefined) {
    this.#place = place;
    this.#lives = lives;
    this.#clock = clock;
  }

  /** What each process has said about the jobs that it took over. */
  get resumed(): Resumption[] {
    return this.#processes.flatMap((agent) => agent.resumed ?? []);
  }

  /** Resolves when the first process is at work. `ready`: when moments that are times begin to count for it. */
  async start(ready: Promise<void>): Promise<void> {
    const first = this.#begin(this.#lives[0]);
    await first.begun();
    this.#living = this.#live(first, ready).catch((error: unknown) => void this.problems.push(String(error)));
  }

  /** Whether a process was at work at that time and stayed, as far as output of that time goes. */
  wasThere(time: number): boolean {
    return this.deaths.every((death) => time < death - SETTLED_MS || time > death + RETURN_MS);
  }

  /** Ends the agent. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#processes.at(-1)?.kill();
    await this.#living;
  }

  async #live(first: AgentProcess, ready: Promise<void>): Promise<void> {
    let current = first;
    for (const [index, life] of this.#lives.entries()) {
      await this.#end(current, life, index === 0 ? ready : Promise.resolve());
      if (this.#stopped.signal.aborted) return;
      await delay(life.pauseMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      if (this.#stopped.signal.aborted) return;
      current = this.#begin(this.#lives[index + 1]);
    }
    let how = await current.ended;
    while (current.lacksRoom && !this.#stopped.signal.aborted) {
      await delay(AGAIN_MS);
      current = this.#begin(undefined);
      how = await current.ended;
    }
    if (!this.#stopped.signal.aborted) this.problems.push(`the agent ended by itself: ${how}`);
  }

  #begin(life: LifeEnd | undefined): AgentProcess {
    const { config, stateDir, logFile, line, engine } = this.#place;
    line.restart();
    engine.restart();
    const journal = life?.moment.kind === 'journal' ? `${String(life.moment.entry)}:${life.moment.edge}` : undefined;
    const faults = {
      ...(journal === undefined ? {} : { journal }),
      ...(this.#clock === undefined ? {} : { clock: this.#clock }),
    };
    const agent = new AgentProcess({ config, stateDir, logFile, faults });
    this.#processes.push(agent);
    return agent;
  }

  /** Waits for the moment and ends the process; by then its jobs may be over. */
  async #end(agent: AgentProcess, life: LifeEnd, ready: Promise<void>): Promise<void> {
    const { promise: struck, resolve } = Promise.withResolvers<void>();
    this.#arm(life.moment, () => {
      if (life.how === 'kill') agent.kill();
      resolve();
    });
    const ms = life.moment.kind === 'time' ? life.moment.ms : LATEST_MS;
    if (life.patient !== true) void this.#strikeAt(agent, ms, ready, resolve);
    const how = await Promise.race([struck, agent.ended]);
    this.#disarm();
    if (this.#stopped.signal.aborted) return;
    if (agent.lacksRoom) {
      await delay(AGAIN_MS);
      return this.#end(this.#begin(life), life, ready);
    }
    this.deaths.push(performance.now());
    if (life.how === 'detach' && how === undefined) {
      const problem = await agent.detach();
      if (problem !== undefined && !this.#stopped.signal.aborted) this.problems.push(problem);
      return;
    }
    agent.kill();
    const ended = await agent.ended;
    if (ended !== 'SIGKILL') this.problems.push(`the agent ended by itself: ${ended}`);
  }

  async #strikeAt(agent: AgentProcess, ms: number, ready: Promise<void>, strike: () => void): Promise<void> {
    await ready;
    await Promise.race([delay(ms, undefined, { ref: false }), agent.ended]);
    strike();
  }

  #arm(moment: Moment, strike: () => void): void {
    const { line, engine } = this.#place;
    if (moment.kind === 'engine') {
      engine.onChange = (number) => {
        if (number === moment.request) strike();
      };
    }
    if (moment.kind === 'coordinator') {
      line.onAnswer = (number) => {
        if (number !== moment.call) return true;
        strike();
        return false;
      };
    }
    if (moment.kind === 'script') {
      engine.onScript = (passed, waiting) => {
        if (passed + waiting <= moment.bytes) return waiting;
        strike();
        return Math.max(0, moment.bytes - passed);
      };
    }
  }

  #disarm(): void {
    const { line, engine } = this.#place;
    engine.onChange = () => {};
    line.onAnswer = () => true;
    engine.onScript = (_, waiting) => waiting;
  }
}
