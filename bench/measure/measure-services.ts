import { type Spread, spreadOf } from '../report/statistics.ts';
import { type BenchRig, secondsBetween } from './bench-rig.ts';

const TIMES = 5;
const BEGAN = 'the script has begun';

/** Three services beside the slowest of them alone, in seconds until the script begins; `ratio` pair by pair. */
export interface ServicesResult {
  readonly together: Spread;
  readonly slowestAlone: Spread;
  readonly ratio: Spread;
}

/** Answers on port 8080 so many seconds after its start. */
const listener = (alias: string, seconds: number): object => ({
  name: 'busybox:latest',
  alias,
  command: ['sh', '-c', `sleep ${String(seconds)}; exec httpd -f -p 8080 -h /tmp`],
  variables: [{ key: 'DOCKWORKER_READY', value: 'tcp:8080' }],
});
const CACHE = { name: 'redis:7', alias: 'cache' };
const WEB = listener('web', 0.5);
/** As long as a small database takes. */
const SLOWEST = listener('db', 1.5);

/** Runs a job with the slowest service and one with all three by turns. */
export async function measureServices(rig: BenchRig): Promise<ServicesResult> {
  const series = { together: [] as number[], slowestAlone: [] as number[], ratio: [] as number[] };
  await secondsUntilScript(rig, [CACHE, WEB, SLOWEST]); // the first one fills caches
  for (let time = 0; time < TIMES; time += 1) {
    const alone = await secondsUntilScript(rig, [SLOWEST]);
    const together = await secondsUntilScript(rig, [CACHE, WEB, SLOWEST]);
    series.slowestAlone.push(alone);
    series.together.push(together);
    series.ratio.push(together / alone);
  }
  return {
    together: spreadOf(series.together),
    slowestAlone: spreadOf(series.slowestAlone),
    ratio: spreadOf(series.ratio),
  };
}

async function secondsUntilScript(rig: BenchRig, services: readonly object[]): Promise<number> {
  const job = await rig.runJob({
    _variables: [{ key: 'GIT_STRATEGY', value: 'none', public: true }],
    _opts: { marks: [BEGAN] },
    services,
    steps: [{ name: 'script', script: [`echo ${BEGAN}`], when: 'on_success', timeout: 600 }],
  });
  await rig.engine.waitUntilClean();
  return secondsBetween(job, 'handed', BEGAN);
}
