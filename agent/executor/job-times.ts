import { formatBytes } from '../common/byte-size.ts';
import type { ContainerUsage } from '../container/cgroup/container-usage.ts';

/** The parts of a job whose time is told at its end, in the order of telling. Those of the preparation overlap. */
const PHASES = ['pull', 'services', 'sources', 'script', 'after_script'] as const;

export type Phase = (typeof PHASES)[number];

interface Span {
  readonly beginMs: number;
  readonly endMs: number;
}

/** Where the time of one job went, and what its build container used. */
export class JobTimes {
  readonly #now: () => number;
  readonly #beginMs: number;
  readonly #spans = new Map<Phase, Span>();
  #resumed = false;
  #cpuSeconds: number | undefined;
  #memoryPeak: number | undefined;
  #memoryLimit: number | undefined;

  /** `now`: a monotonic clock, milliseconds. The job begins now. */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#beginMs = now();
  }

  /** Counts the time until `work` settles; a phase in pieces lasts from the first begin to the last end. Returns `work`. */
  track<T>(phase: Phase, work: Promise<T>): Promise<T> {
    const beginMs = this.#now();
    const settled = (): void => {
      const known = this.#spans.get(phase);
      this.#spans.set(phase, { beginMs: Math.min(known?.beginMs ?? beginMs, beginMs), endMs: this.#now() });
    };
    work.then(settled, settled);
    return work;
  }

  /** An earlier process of the agent has begun the job: what it knew is lost, and the total is not one. */
  resume(): void {
    this.#resumed = true;
  }

  /** Another run of the build container is over. */
  used({ cpuSeconds, memoryPeak, memoryLimit }: ContainerUsage): void {
    if (cpuSeconds !== undefined) this.#cpuSeconds = (this.#cpuSeconds ?? 0) + cpuSeconds;
    if (memoryPeak !== undefined) this.#memoryPeak = Math.max(this.#memoryPeak ?? 0, memoryPeak);
    this.#memoryLimit = memoryLimit;
  }

  /** A table for people, one line per phase that took place. */
  lines(): string[] {
    const rows = PHASES.flatMap((phase) => {
      const span = this.#spans.get(phase);
      return span === undefined ? [] : [row(phase, span)];
    });
    const total = row(this.#resumed ? 'since restart' : 'total', { beginMs: this.#beginMs, endMs: this.#now() });
    return [...rows, total, ...this.#usage()];
  }

  #usage(): string[] {
    const limit = this.#memoryLimit === undefined ? '' : ` of ${formatBytes(this.#memoryLimit)}`;
    const facts = [
      ...(this.#memoryPeak === undefined ? [] : [`${formatBytes(this.#memoryPeak)}${limit} memory at most`]),
      ...(this.#cpuSeconds === undefined ? [] : [`${this.#cpuSeconds.toFixed(1)} s of CPU`]),
    ];
    return facts.length === 0 ? [] : [`build container: ${facts.join(', ')}`];
  }
}

const row = (name: string, { beginMs, endMs }: Span): string =>
  `${name.padEnd(14)}${((endMs - beginMs) / 1000).toFixed(1).padStart(8)} s`;
