import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { ServerProcess } from '../../scripts/local-ci/server-process.ts';
import { AgentPlace, killed } from '../support/agent-place.ts';
import { needsEngine } from '../support/engine.ts';
import type { QueuedJob } from '../support/start-coordinator.ts';
import { waitFor } from '../support/wait-for.ts';

const long = {
  steps: [
    { name: 'script', script: ['echo here', 'sleep 600'], timeout: 900, when: 'on_success', allow_failure: false },
  ],
  services: [{ name: 'busybox:latest', command: ['sleep', '600'] }],
  _variables: [{ key: 'GIT_STRATEGY', value: 'none' }],
  _opts: { tags: ['place'] },
};

const singles = (place: AgentPlace): string[] =>
  readdirSync(place.stateDir).filter((name) => name.startsWith('single-'));

/** run-single with a job whose script runs. */
async function single(place: AgentPlace): Promise<{ agent: ServerProcess; job: QueuedJob }> {
  const agent = place.spawn(['run-single', '--runner', 'place', '--max-builds', '1']);
  const job = await place.coordinator.queue(long);
  await place.said(job, 'here');
  return { agent, job };
}

describe('what is left of a dead process', { skip: needsEngine() }, () => {
  test('run removes the containers and the state of a killed run-single, and leaves those of a living one alone', async () => {
    await using place = await AgentPlace.open();
    const dead = await single(place);
    const alive = await single(place);
    const before = await place.objects();
    assert.equal(singles(place).length, 2);
    await killed(dead.agent);
    const agent = await place.start();
    await agent.waitForLine(/Removed what ended jobs had left.*containers=2 networks=1 volumes=1/);
    await waitFor(() => singles(place).length === 1, 'its directory is gone');
    const left = await place.objects();
    assert.equal(left.length, before.length / 2);
    assert.equal(await place.state(alive.job), 'running');
  });
});
