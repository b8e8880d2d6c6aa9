import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchRig } from './bench-rig.ts';
import { startRequestCounter } from './request-counter.ts';
import type { Scenario } from '../scenarios.ts';

/** What one job asks of the engine, clean-up included. */
export interface RequestResult {
  readonly requests: number;
  readonly containerStarts: number;
  readonly byKind: Readonly<Record<string, number>>;
}

/** What a sweep asks last. */
const SWEEP = 'GET /volumes';
const START = 'POST /containers/{id}/start';

/** Runs one job of each kind through an agent whose requests to the engine are counted. */
export async function measureRequests(
  rig: BenchRig,
  scenarios: readonly Scenario[],
): Promise<ReadonlyMap<string, RequestResult>> {
  const socket = join(rig.folder, 'counted.sock');
  await using counter = await startRequestCounter(socket, rig.socket);
  const agent = await rig.startAgent(socket);
  try {
    // The agent looks once for what dead ones have left: that is no job's.
    while (counter.take()[SWEEP] === undefined) await delay(50, undefined, rig);
    const results = new Map<string, RequestResult>();
    for (const { name, payload } of scenarios) {
      counter.take();
      await rig.runJob(payload);
      await rig.engine.waitUntilClean();
      const byKind = counter.take();
      const requests = Object.values(byKind).reduce((sum, count) => sum + count, 0);
      results.set(name, { requests, containerStarts: byKind[START] ?? 0, byKind });
    }
    return results;
  } finally {
    await agent.stop();
  }
}
