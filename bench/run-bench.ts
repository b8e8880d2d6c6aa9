import type { BenchRig } from './measure/bench-rig.ts';
import type { BenchResults } from './report/check-limits.ts';
import type { BenchPart } from './choose-part.ts';
import { measureBurst } from './measure/measure-burst.ts';
import { measureCancel } from './measure/measure-cancel.ts';
import { measureJournal } from './measure/measure-journal.ts';
import { measurePairs, type PairResult } from './measure/measure-pairs.ts';
import { measureRequests } from './measure/measure-requests.ts';
import { measureServices } from './measure/measure-services.ts';

/** Measures what was asked for, part after part: one agent for counting, one for times, one for bursts. */
export async function runBench(rig: BenchRig, part: BenchPart): Promise<BenchResults> {
  const { scenarios } = part;
  if (scenarios.length > 0) console.log('counting requests to the engine');
  const requests = scenarios.length > 0 ? await measureRequests(rig, scenarios) : new Map();
  const timed = await measureTimes(rig, part);
  if (part.journal) console.log('writing the journal of a smallest job');
  const journal = part.journal ? { journal: await measureJournal(rig) } : {};
  if (part.burst) console.log('bursts of the smallest job through a fresh agent');
  const burst = part.burst ? { burst: await measureBurst(rig) } : {};
  return { requests: Object.fromEntries(requests), ...timed, ...journal, ...burst };
}

async function measureTimes(
  rig: BenchRig,
  { scenarios, cancel, services }: BenchPart,
): Promise<Pick<BenchResults, 'pairs' | 'cancel' | 'services'>> {
  const pairs: Record<string, PairResult> = {};
  if (scenarios.length === 0 && !cancel && !services) return { pairs };
  const agent = await rig.startAgent();
  try {
    for (const scenario of scenarios) {
      console.log(`${scenario.title}: ${String(scenario.pairs)} pairs with docker run --rm`);
      pairs[scenario.name] = await measurePairs(rig, scenario);
    }
    if (services) console.log('three services, and the slowest of them alone');
    const together = services ? { services: await measureServices(rig) } : {};
    if (cancel) console.log('cancelling jobs whose output flows');
    return { pairs, ...together, ...(cancel ? { cancel: await measureCancel(rig) } : {}) };
  } finally {
    await agent.stop();
  }
}
