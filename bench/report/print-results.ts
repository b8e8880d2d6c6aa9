import Table from 'cli-table3';
import { type BenchResults, checkLimits, megabytes } from './check-limits.ts';
import { SCENARIOS } from '../scenarios.ts';
import type { Spread } from './statistics.ts';

/** The results as tables for people: medians with the least and the most. */
export function describeResults(results: BenchResults): string {
  return [pairTable(results), requestTable(results), burstTable(results), verdictTable(results)]
    .filter((table) => table.length > 0)
    .map((table) => table.toString())
    .join('\n');
}

function pairTable({ pairs }: BenchResults): InstanceType<typeof Table> {
  const table = newTable([
    'median (least - most)',
    'seconds',
    'docker run --rm',
    'ratio of a pair',
    'queue to 1st byte',
  ]);
  for (const { name, title } of SCENARIOS) {
    const result = pairs[name];
    if (result === undefined) continue;
    const { job, dockerRun, ratio, queuedToFirstTrace } = result;
    const figures = [spread(job), spread(dockerRun), spread(ratio), spread(queuedToFirstTrace)];
    table.push([`${title}, ${String(job.count)} pairs`, ...figures]);
  }
  return table;
}

function requestTable({ requests }: BenchResults): InstanceType<typeof Table> {
  const table = newTable(['one job, clean-up included', 'container starts', 'engine requests']);
  for (const { name, title } of SCENARIOS) {
    const result = requests[name];
    if (result !== undefined) table.push([title, String(result.containerStarts), String(result.requests)]);
  }
  return table;
}

function burstTable({ burst, cancel, services, journal }: BenchResults): InstanceType<typeof Table> {
  const table = newTable(['one agent', 'figure']);
  if (burst !== undefined) {
    const { jobs, jobsPerMinute, dockerRunsPerMinute, idleBytes, highestBytes, afterBytes } = burst;
    table.push([`${String(jobs)} smallest jobs, 4 at a time: jobs a minute`, spread(jobsPerMinute, 0)]);
    table.push(['bare docker run --rm, 4 at a time: runs a minute', spread(dockerRunsPerMinute, 0)]);
    table.push(['memory idle, at its highest, after', [idleBytes, highestBytes, afterBytes].map(megabytes).join(', ')]);
  }
  if (cancel !== undefined) table.push(['cancel to dead container, seconds', spread(cancel)]);
  if (services !== undefined) {
    const { slowestAlone, together, ratio } = services;
    table.push(['slowest service alone: seconds until the script', spread(slowestAlone)]);
    table.push(['three services: seconds until the script', spread(together)]);
    table.push(['three services / the slowest alone', spread(ratio)]);
  }
  if (journal !== undefined)
    table.push([`journal of a smallest job, ${String(journal.entries)} entries, milliseconds`, spread(journal.ms)]);
  return table;
}

function verdictTable(results: BenchResults): InstanceType<typeof Table> {
  const table = newTable(['', 'what', 'measured', 'bound', '']);
  for (const { kind, what, measured, bound, met } of checkLimits(results)) {
    const word = { limit: met ? 'ok' : 'MISSED', goal: met ? 'met' : 'not met' }[kind];
    table.push([kind, what, measured, bound, word]);
  }
  return table;
}

function newTable(head: string[]): InstanceType<typeof Table> {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}

/** Quartiles are in bench/results.json. */
function spread({ min, median, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} - ${max.toFixed(digits)})`;
}
