import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeGitProject } from '../../scripts/local-ci/make-git-project.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { tempDir } from '../support/temp-dir.ts';
import { campaign, describeCampaign } from './campaign.ts';
import { runPlan, type RunPlan } from './run-plan.ts';

const PROJECT = join(import.meta.dirname, '..', 'e2e', 'project');
const PARALLEL = 2;
const MILLISECONDS = 90_000;
const MOST_RUNS = 30;
const PATIENCE_MS = 100_000;

/** Plans until the time is over: how many depends on the machine. */
function* plansFor(seed: number, ms: number): Iterable<RunPlan> {
  const end = performance.now() + ms;
  const abilities = { smallDisk: process.getuid?.() === 0 };
  for (let run = 0; run < MOST_RUNS && performance.now() < end; run += 1) yield runPlan(seed + run, abilities);
}

test('nothing is lost, whatever happens to the agent', { skip: needsEngine() }, async (t) => {
  await using folder = await tempDir();
  const project = folder.file('project');
  await makeGitProject(PROJECT, project);
  const lines: string[] = [];
  const verdicts = await campaign(plansFor(randomInt(1, 2 ** 31), MILLISECONDS), {
    shared: { socket: engineSocket() ?? '', folder: folder.path, project },
    ownEngine: undefined,
    keep: false,
    patienceMs: PATIENCE_MS,
    parallel: PARALLEL,
    print: (line) => lines.push(line),
    signal: t.signal,
  });
  const summary = describeCampaign(verdicts);
  assert.ok(verdicts.length > 0);
  assert.deepEqual(
    verdicts.flatMap(({ problems }) => problems),
    [],
    [...lines, ...summary].join('\n'),
  );
});
