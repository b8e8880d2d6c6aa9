import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isProtocolError, ProtocolError } from '#protocol/protocol-error.ts';
import { runnerInfo } from '../../../../../agent/coordinator/runner-info.ts';
import type { JobAssignment } from '../../../../../agent/job/job-handler.ts';
import { openRecord, receivedJob, recordedRunner, recordJob } from '../../../../../agent/job/record/record-job.ts';
import { jobPayload, runnerConfig, variable } from '../../../../support/job-fixture.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const never = new AbortController().signal;

function assignment(payload: JobAssignment['received']['payload']): JobAssignment {
  return {
    runner: runnerConfig({ runner: { unhealthy_interval: '2m' }, docker: { volumes: ['/cache'], memory: '64m' } }),
    coordinator: {} as JobAssignment['coordinator'],
    info: runnerInfo(),
    received: { id: 4711, token: 'job-token', payload, failureReasons: ['script_failure'] },
    slot: { concurrentId: 3, projectSlot: 2 },
    shutdown: never,
    detached: never,
  };
}

describe('recordJob', () => {
  test('job and runner come back as they were', async () => {
    await using folder = await tempDir();
    const payload = jobPayload({
      image: { name: 'busybox', entrypoint: [''], executor_opts: { docker: { user: 'app' } } },
      services: [{ name: 'redis:7', alias: 'db', variables: [variable('A', 'b')] }],
      variables: [variable('MASKED', 'a secret', { masked: true }), variable('EMPTY', '')],
    });
    const given = assignment(payload);
    const { path, journal } = recordJob(given, folder.path);
    journal.close();
    const { job } = openRecord(path);
    assert.deepEqual(receivedJob(job), given.received);
    assert.deepEqual(recordedRunner(job), JSON.parse(JSON.stringify(given.runner)));
    assert.deepEqual(job.slot, given.slot);
  });

  test('a job that could not be read stays one that could not be read', async () => {
    await using folder = await tempDir();
    const { path, journal } = recordJob(
      assignment(new ProtocolError('job payload', 'steps[0].script', 'a list of texts', 'a number')),
      folder.path,
    );
    journal.close();
    const { payload } = receivedJob(openRecord(path).job);
    assert.ok(isProtocolError(payload));
    assert.equal(payload.message, 'job payload: steps[0].script: expected a list of texts, found a number');
  });

  test('keys that a newer version has added get their defaults', async () => {
    await using folder = await tempDir();
    const { path, journal } = recordJob(assignment(jobPayload()), folder.path);
    journal.close();
    const { job } = openRecord(path);
    const older = { ...job, runner: { url: job.runner.url, token: job.runner.token, docker: { memory: '1g' } } };
    const { output_limit: limit, docker } = recordedRunner(older);
    assert.deepEqual([limit, docker.memory, docker.shm_size], [4096, '1g', 0]);
  });
});
