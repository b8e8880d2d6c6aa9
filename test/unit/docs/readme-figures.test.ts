import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BenchResults } from '../../../bench/report/check-limits.ts';
import type { Spread } from '../../../bench/report/statistics.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TITLES = {
  smallest: 'smallest (no sources, no service)',
  sources: 'with sources',
  service: 'with a redis service',
  'service-sources': 'with service and sources',
};

const figure = ({ median, min, max }: Spread, digits = 2): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)} - ${max.toFixed(digits)})`;

test("the README's figures are those of bench/results.json", async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const results = JSON.parse(await readFile(join(ROOT, 'bench', 'results.json'), 'utf8')) as Required<BenchResults>;
  for (const [name, title] of Object.entries(TITLES)) {
    const { job, dockerRun, ratio } = results.pairs[name] ?? assert.fail(name);
    const { containerStarts, requests } = results.requests[name] ?? assert.fail(name);
    const row = readme.split('\n').find((line) => line.startsWith(`| ${title} |`)) ?? assert.fail(title);
    const cells = row.split('|').map((cell) => cell.trim());
    assert.deepEqual(cells.slice(2, 5), [figure(job), figure(dockerRun), figure(ratio)]);
    assert.deepEqual(cells.slice(6, 8), [String(containerStarts), String(requests)]);
  }
  const { jobsPerMinute, dockerRunsPerMinute } = results.burst;
  for (const text of [figure(jobsPerMinute, 0), figure(dockerRunsPerMinute, 0), figure(results.cancel)]) {
    assert.ok(readme.includes(text), `the README lacks ${text}`);
  }
});
