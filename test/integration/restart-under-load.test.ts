import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultRun } from '../faults/fault-run.ts';
import { outputScript } from '../faults/output-script.ts';
import type { JobPlan } from '../faults/run-plan.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { tempDir } from '../support/temp-dir.ts';

const SECRET = 's3cr3t-under-load';
const TAGS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** The target is 500 ms on a machine that does nothing else; tests share theirs. */
const SLOWEST_MS = 3000;

/** Talks on both streams for longer than it takes to end the agent and start another one. */
function chattyJob(tag: string, index: number): JobPlan {
  const output = { prefix: '', pieces: 120, pauseMs: 6000, secret: SECRET, wholeLines: false };
  const plain = { service: false, sources: false, timestamps: true, padding: 0, options: {} };
  return { tag, script: outputScript(output, seededRandom(index)), after: undefined, exitCode: 0, ...plain };
}

test('8 jobs go on while the agent is killed and started again', { skip: needsEngine() }, async (t) => {
  await using folder = await tempDir();
  const plan = {
    seed: 1,
    secret: SECRET,
    jobs: TAGS.map(chattyJob),
    lives: [{ how: 'kill', moment: { kind: 'time', ms: 2500 }, pauseMs: 0 } as const],
    troubles: [],
  };
  const verdict = await faultRun(plan, {
    shared: { socket: engineSocket() ?? '', folder: folder.path, project: '' },
    ownEngine: undefined,
    keep: false,
    patienceMs: 60_000,
  });
  assert.deepEqual(verdict.problems, []);
  const [resumed] = verdict.resumed;
  assert.equal(resumed?.jobs, TAGS.length, 'all of them still ran');
  t.diagnostic(`taken over ${String(resumed.ms)} ms after the start of the process`);
  assert.ok(resumed.ms < SLOWEST_MS, `taken over after ${String(resumed.ms)} ms`);
});
