import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runScript, type FinishedJob } from '../support/engine-job.ts';
import { engineSocket, needsEngine } from '../support/engine.ts';
import { variable, type JobChanges } from '../support/job-fixture.ts';

/** In this image /var/run is a link to /run, as in most. */
const IMAGE = { name: 'gitbase:latest' };
const SOCKET = `${engineSocket() ?? ''}:/var/run/docker.sock`;
const NOTE = variable('NOTE', 'from a file variable', { file: true });

const run = (volumes: readonly string[], payload: JobChanges['payload'] = {}): Promise<FinishedJob> =>
  runScript(['test -S /var/run/docker.sock', 'cat "$NOTE"', 'touch new'], {
    payload: { image: IMAGE, variables: [NOTE], ...payload },
    docker: { volumes },
  });

describe('a socket of the host at a place that is behind a link in the image', { skip: needsEngine() }, () => {
  test('a job without sources and services has it, and its files', async () => {
    const { failure, trace } = await run([SOCKET]);
    assert.equal(failure, undefined);
    assert.deepEqual(trace.printed(), ['from a file variable']);
  });

  test('and with a service and a volume of its own', async () => {
    const services = [{ name: 'redis:7' }];
    const { failure, trace } = await run([SOCKET, '/cache'], { services });
    assert.equal(failure, undefined);
    assert.deepEqual(trace.printed(), ['from a file variable']);
  });
});
