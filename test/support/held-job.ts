import assert from 'node:assert/strict';
import { docker } from './engine.ts';
import { EngineJob, reasonOf } from './engine-job.ts';
import type { JobChanges } from './job-fixture.ts';

const READY = 'echo READY""-1';
const HELD = [READY, 'while [ ! -e /tmp/go ]; do sleep 0.1; done'];

/** The job of `changes` holds in its script; `look` is called meanwhile with its service containers' names. */
export async function whileHeld(
  changes: JobChanges,
  look: (job: EngineJob, services: string[]) => Promise<void>,
): Promise<void> {
  await using job = new EngineJob({
    ...changes,
    payload: { steps: [{ name: 'script', script: HELD }], ...changes.payload },
  });
  const running = job.stages();
  const ended = running.then((failure) => assert.fail(`the job did not hold: ${String(failure)}`));
  await Promise.race([job.trace.says('READY-1'), ended]);
  ended.catch(() => {}); // it ends when it is told to
  await look(
    job,
    job.spec.services.map(({ nameSuffix }) => `${job.spec.namePrefix}-${nameSuffix}`),
  );
  await docker('exec', job.buildName, 'touch', '/tmp/go');
  assert.equal(reasonOf(await running), undefined);
  assert.deepEqual(await job.cleanUp(), []);
  assert.deepEqual(await job.leftovers(), []);
}
