import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { BenchResults } from './check-limits.ts';

const FILE = join(import.meta.dirname, '..', 'results.json');
const GIGABYTE = 1024 ** 3;

/** What the figures hold for. No names: the shape of the machine is what matters. */
export interface Surroundings {
  readonly engine: { readonly version: string; readonly apiVersion: string };
  /** Load of the machine before the run: figures of a busy machine vary. */
  readonly loadBefore: number;
}

/** Load of this machine over the last minute. */
export const currentLoad = (): number => loadavg()[0] ?? 0;

/** Writes bench/results.json. */
export async function saveResults(results: BenchResults, { engine, loadBefore }: Surroundings): Promise<void> {
  const { version, apiVersion } = engine;
  const machine = {
    cpus: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / GIGABYTE),
    kernel: release(),
    node: process.version,
    loadBefore,
  };
  const text = JSON.stringify(
    { date: new Date().toISOString(), engine: { version, apiVersion }, machine, ...results },
    rounded,
    2,
  );
  await writeFile(FILE, `${text}\n`);
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(4)) : value;
}
