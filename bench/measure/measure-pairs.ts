import { type BenchRig, secondsBetween } from './bench-rig.ts';
import type { Scenario } from '../scenarios.ts';
import { type Spread, spreadOf } from '../report/statistics.ts';

/** One kind of job beside `docker run --rm`, in seconds; `ratio` pair by pair. */
export interface PairResult {
  readonly job: Spread;
  readonly dockerRun: Spread;
  readonly ratio: Spread;
  readonly queuedToFirstTrace: Spread;
  readonly handedToFirstTrace: Spread;
}

/** Runs `docker run --rm` and the job by turns, each when the one before has been cleaned up. */
export async function measurePairs(rig: BenchRig, { payload, pairs }: Scenario): Promise<PairResult> {
  await rig.runJob(payload); // the first one fills caches
  const series = { job: [], dockerRun: [], ratio: [], queuedToFirstTrace: [], handedToFirstTrace: [] } as Series;
  for (let pair = 0; pair < pairs; pair += 1) {
    await rig.engine.waitUntilClean();
    const run = await rig.dockerRun();
    const job = await rig.runJob(payload);
    const seconds = secondsBetween(job, 'handed', 'final');
    series.job.push(seconds);
    series.dockerRun.push(run);
    series.ratio.push(seconds / run);
    series.queuedToFirstTrace.push(secondsBetween(job, 'queued', 'first_trace'));
    series.handedToFirstTrace.push(secondsBetween(job, 'handed', 'first_trace'));
  }
  await rig.engine.waitUntilClean();
  return {
    job: spreadOf(series.job),
    dockerRun: spreadOf(series.dockerRun),
    ratio: spreadOf(series.ratio),
    queuedToFirstTrace: spreadOf(series.queuedToFirstTrace),
    handedToFirstTrace: spreadOf(series.handedToFirstTrace),
  };
}

type Series = Record<keyof PairResult, number[]>;
