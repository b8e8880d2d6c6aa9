import { createContext, Script, type Context } from 'node:vm';
import type { DockerClient } from '../../../docker/docker-client.ts';
import type { Gate } from './gate.ts';
import { LineSplitter } from '../line-splitter.ts';

/** Beginning of a line that is looked at. */
const MAX_LINE = 4096;
/** All matching of one gate together: patterns are the job's, and some take for ever. */
const MATCH_BUDGET_MS = 500;

/** Ready when a line that the service prints matches. */
export class LogGate implements Gate {
  readonly mayEnd = true;
  readonly #docker: DockerClient;
  readonly #containerId: string;
  readonly #pattern: string;
  readonly #matcher: LineMatcher;

  constructor(docker: DockerClient, containerId: string, pattern: string) {
    this.#docker = docker;
    this.#containerId = containerId;
    this.#pattern = pattern;
    this.#matcher = new LineMatcher(pattern);
  }

  async wait(signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const { promise: matched, resolve, reject } = Promise.withResolvers<void>();
    const lines = new LineSplitter(MAX_LINE);
    const look = (line: string): void => {
      try {
        if (this.#matcher.matches(line)) resolve();
      } catch (error) {
        reject(error);
      }
    };
    const sink = { write: (_stream: string, chunk: Buffer): void => lines.push(chunk).forEach(look) };
    const following = this.#docker.followLogs(this.#containerId, sink, AbortSignal.any([signal, done.signal]));
    try {
      await Promise.race([matched, this.#ended(following, () => lines.end().forEach(look))]);
    } finally {
      done.abort();
      following.catch(() => {});
      matched.catch(() => {});
    }
  }

  missing(): string {
    return this.#matcher.spent
      ? `the pattern /${this.#pattern}/ takes too long to match`
      : `no line of its log matches /${this.#pattern}/`;
  }

  async #ended(following: Promise<void>, lookAtLast: () => void): Promise<void> {
    await following;
    lookAtLast();
    await Promise.resolve(); // a match of the last line has come first
    throw new Error('the log has ended');
  }
}

/** Matches with a limit on the time: a regular expression can keep the whole agent busy otherwise. */
class LineMatcher {
  readonly #context: Context;
  readonly #script = new Script('pattern.test(line)');
  #leftMs = MATCH_BUDGET_MS;

  constructor(pattern: string) {
    this.#context = createContext({ pattern: new RegExp(pattern), line: '' });
  }

  /** Whether the time is used up. */
  get spent(): boolean {
    return this.#leftMs <= 0;
  }

  /** @throws {Error} when the time is used up */
  matches(line: string): boolean {
    this.#context['line'] = line;
    const begin = performance.now();
    try {
      return this.#script.runInContext(this.#context, { timeout: Math.max(1, Math.ceil(this.#leftMs)) }) === true;
    } catch (error) {
      this.#leftMs = 0;
      throw error;
    } finally {
      this.#leftMs -= Math.floor(performance.now() - begin);
    }
  }
}
