import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { SetupError } from '../common/setup-error.ts';

const KEPT_LINES = 400;
const STOP_PATIENCE_MS = 30_000;

export interface ServerOptions {
  /** What it is called in error texts. */
  readonly name: string;
  /** Arguments of this machine's pinned Node, the program first. */
  readonly args: readonly string[];
  /** Its environment beside PATH and HOME; nothing else of ours gets in. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A program of this checkout in a process of its own. It is in its own process group, so that Ctrl-C reaches the caller
 * alone, who ends it in order. Its newest lines are kept for error texts.
 */
export class ServerProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #events = new EventEmitter<{ line: [string] }>();
  readonly #ended: Promise<number | null>;

  constructor({ name, args, env = {} }: ServerOptions) {
    this.#name = name;
    const { PATH = '', HOME = '/root' } = process.env;
    this.#child = spawn(process.execPath, args, {
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#ended = once(this.#child, 'close').then(() => this.#child.exitCode);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The newest lines that it printed, of both streams. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** What the first matching line captured. Throws `SetupError` when the program ends before there is one. */
  async waitForLine(pattern: RegExp): Promise<RegExpExecArray> {
    for (const line of this.#lines) {
      const match = pattern.exec(line);
      if (match !== null) return match;
    }
    return Promise.race([this.#nextMatch(pattern), this.failure()]);
  }

  /** Rejects with `SetupError` when the program ends; never resolves. */
  async failure(): Promise<never> {
    const code = await this.#ended;
    throw new SetupError(`${this.#name} ended with code ${String(code)}:\n${this.#lines.slice(-20).join('\n')}`);
  }

  /** Exit code, when it has ended by itself. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Ends it (SIGTERM, after 30 s SIGKILL) and resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #nextMatch(pattern: RegExp): Promise<RegExpExecArray> {
    const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
    const look = (line: string): void => {
      const match = pattern.exec(line);
      if (match !== null) resolve(match);
    };
    this.#events.on('line', look);
    try {
      return await promise;
    } finally {
      this.#events.off('line', look);
    }
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.#events.emit('line', line);
  }
}
