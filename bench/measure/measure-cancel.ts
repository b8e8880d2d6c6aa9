import { setTimeout as delay } from 'node:timers/promises';
import type { BenchRig } from './bench-rig.ts';
import { type Spread, spreadOf } from '../report/statistics.ts';

const TIMES = 5;
const CHATTY_JOB = {
  _variables: [{ key: 'GIT_STRATEGY', value: 'none', public: true }],
  _opts: { marks: ['tick'] },
  steps: [{ name: 'script', script: ['while :; do echo tick; sleep 0.1; done'], when: 'on_success', timeout: 600 }],
};

/** Seconds from the coordinator's cancel of a job whose output flows to the end of its build container. */
export async function measureCancel(rig: BenchRig): Promise<Spread> {
  const seconds: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const id = await rig.client.queueJob(CHATTY_JOB);
    while ((await rig.client.job(id)).t['tick'] === undefined) await delay(50, undefined, rig);
    const dead = rig.engine.waitForEnd(await rig.engine.buildContainer());
    // Not in step with the intervals of the trace.
    await delay(200 + time * 230, undefined, rig);
    const begin = performance.now();
    await rig.client.cancelJob(id);
    await dead;
    seconds.push((performance.now() - begin) / 1000);
    await rig.client.waitForJob(id, 30);
    await rig.engine.waitUntilClean();
  }
  return spreadOf(seconds);
}
