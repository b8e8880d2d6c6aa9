import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(CHECKOUT, 'agent', 'main.ts');
const PRELOAD = join(import.meta.dirname, 'preload');

/** How long the agent may take to begin, and to leave its jobs behind. */
const START_MS = 20_000;
const DETACH_MS = 20_000;

export interface AgentOptions {
  readonly config: string;
  readonly stateDir: string;
  readonly logFile: string;
  /** Settings of the programs in preload/. */
  readonly faults: { readonly journal?: string; readonly clock?: string };
}

/** How many jobs a process has taken over, and how many milliseconds after its start. */
export interface Resumption {
  readonly jobs: number;
  readonly ms: number;
}

const RESUMED = /Resumed jobs\s+.*?jobs=(\d+) ms=(\d+)/;

/** One process of the agent. */
export class AgentProcess {
  /** Milliseconds on this process's clock. */
  readonly startedAt = performance.now();
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #output = '';

  constructor({ config, stateDir, logFile, faults }: AgentOptions) {
    const preloads = [
      ...(faults.journal === undefined ? [] : ['kill-at-journal.ts']),
      ...(faults.clock === undefined ? [] : ['jump-clock.ts']),
    ].flatMap((file) => ['--import', join(PRELOAD, file)]);
    this.#child = spawn(process.execPath, [...preloads, PROGRAM, 'run', '--config', config, '--state-dir', stateDir], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: '/nonexistent',
        DOCKWORKER_ON_SIGTERM: 'detach',
        NODE_COMPILE_CACHE: join(CHECKOUT, 'node_modules', '.cache', 'dockworker'),
        FAULT_JOURNAL: faults.journal ?? '',
        FAULT_CLOCK: faults.clock ?? '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        appendFileSync(logFile, text);
      });
    }
    this.ended = once(this.#child, 'close').then(
      () => this.#child.signalCode ?? `exit code ${String(this.#child.exitCode)}`,
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  /** It did not begin because nothing can be written in its state directory: whoever supervises it tries again. */
  get lacksRoom(): boolean {
    return /state directory cannot be used: ENOSPC/.test(this.#output);
  }

  /** What it has said about the jobs that it took over. */
  get resumed(): Resumption | undefined {
    const [, jobs, ms] = RESUMED.exec(this.#output) ?? [];
    return ms === undefined ? undefined : { jobs: Number(jobs), ms: Number(ms) };
  }

  /** Resolves when it says that it has begun. Throws when it ends before, or does not within 20 s. */
  async begun(): Promise<void> {
    const limit = AbortSignal.timeout(START_MS);
    const ended = this.ended.then((how) => `ended before it had begun (${how})`);
    while (!/Started/.test(this.#output)) {
      const problem = await Promise.race([ended, this.#more(limit)]);
      if (problem !== undefined && !/Started/.test(this.#output))
        throw new Error(`the agent ${problem}: ${this.#output.slice(-300)}`);
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Tells it to leave its jobs to the next process. Resolves with what was wrong about it. */
  async detach(): Promise<string | undefined> {
    // Before it listens to signals, the system ends it: no jobs are lost by that either.
    const begun = /Started/.test(this.#output);
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), DETACH_MS);
    const how = await this.ended;
    clearTimeout(timer);
    return how === 'exit code 0' || (!begun && how === 'SIGTERM')
      ? undefined
      : `the agent that was to detach ended with ${how}`;
  }

  async #more(limit: AbortSignal): Promise<string | undefined> {
    const stream = this.#child.stderr;
    if (stream === null) return 'has no output';
    try {
      await once(stream, 'data', { signal: limit });
      return undefined;
    } catch {
      return `had not begun after ${String(START_MS / 1000)} s`;
    }
  }
}
