import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import { type BenchRig, CONCURRENT, residentBytes } from './bench-rig.ts';
import { SMALLEST_JOB } from '../scenarios.ts';
import { type Spread, spreadOf } from '../report/statistics.ts';

const JOBS = 20;
const ROUNDS = 3;
const IDLE_SECONDS = 3;
const SETTLE_SECONDS = 10;

/** Many jobs through one agent. */
export interface BurstResult {
  readonly jobs: number;
  readonly jobsPerMinute: Spread;
  /** Bare `docker run --rm`, as many at a time. */
  readonly dockerRunsPerMinute: Spread;
  /** Resident memory in bytes: of a fresh agent, at its highest after a burst, and when it has come to rest. */
  readonly idleBytes: number;
  readonly highestBytes: number;
  readonly afterBytes: number;
  /** Containers, networks and volumes of these jobs that the engine has afterwards, kept caches aside. */
  readonly leftThings: number;
}

/** Starts a fresh agent, gives it bursts of the smallest job and looks at what they leave. */
export async function measureBurst(rig: BenchRig): Promise<BurstResult> {
  const agent = await rig.startAgent();
  try {
    await delay(IDLE_SECONDS * 1000, undefined, rig);
    const idleBytes = await residentBytes(agent.pid);
    const jobRates: number[] = [];
    const runRates: number[] = [];
    let highestBytes = idleBytes;
    for (let round = 0; round < ROUNDS; round += 1) {
      runRates.push(await dockerRunRate(rig));
      jobRates.push(await jobRate(rig));
      highestBytes = Math.max(highestBytes, await residentBytes(agent.pid));
      await rig.engine.waitUntilClean();
    }
    await delay(SETTLE_SECONDS * 1000, undefined, rig);
    return {
      jobs: JOBS,
      jobsPerMinute: spreadOf(jobRates),
      dockerRunsPerMinute: spreadOf(runRates),
      idleBytes,
      highestBytes,
      afterBytes: await residentBytes(agent.pid),
      leftThings: await rig.engine.countThings(),
    };
  } finally {
    await agent.stop();
  }
}

async function jobRate(rig: BenchRig): Promise<number> {
  const ids = await Promise.all(Array.from({ length: JOBS }, () => rig.client.queueJob(SMALLEST_JOB)));
  const ended = await Promise.all(ids.map((id) => rig.finishJob(id)));
  const begin = Math.min(...ended.map(({ t }) => t['queued'] ?? Number.NaN));
  const end = Math.max(...ended.map(({ t }) => t['final'] ?? Number.NaN));
  return (JOBS / (end - begin)) * 60;
}

async function dockerRunRate(rig: BenchRig): Promise<number> {
  const queue = new PQueue({ concurrency: CONCURRENT });
  const begin = performance.now();
  await queue.addAll(Array.from({ length: JOBS }, () => () => rig.dockerRun()));
  return (JOBS / (performance.now() - begin)) * 60_000;
}
