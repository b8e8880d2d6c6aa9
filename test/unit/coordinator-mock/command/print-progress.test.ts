import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { printProgress } from '../../../../coordinator-mock/command/print-progress.ts';
import { startCoordinator } from '../../../support/start-coordinator.ts';

describe('progress of jobs', () => {
  test('a line per state, with time, reason and exit code at the end', async () => {
    await using coordinator = await startCoordinator();
    const lines: string[] = [];
    const stop = printProgress(coordinator.server.state.jobs, (line) => lines.push(line.replace(/\d+\.\d s/, 'N s')));
    const job = await coordinator.running({ job_info: { name: 'unit tests' }, _opts: { allow_failure: true } });
    await coordinator.update(job, { state: 'failed', failure_reason: 'script_failure', exit_code: 2 });
    stop();
    await coordinator.running();
    assert.deepEqual(lines, [
      `job ${job.id} unit tests (test): running`,
      `job ${job.id} unit tests (test): failed after N s, script_failure, exit code 2, allowed to fail`,
    ]);
  });
});
