import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  startCoordinator,
  type Answer,
  type QueuedJob,
  type TestCoordinator,
} from '../../../support/start-coordinator.ts';

interface Upload {
  readonly bytes?: Uint8Array;
  readonly query?: string;
  readonly fields?: Record<string, string>;
  readonly token?: string;
  readonly part?: string;
}

function upload(coordinator: TestCoordinator, job: QueuedJob, options: Upload = {}): Promise<Answer> {
  const { bytes = Buffer.from('zip'), query = '', fields = {}, token = job.token, part = 'file' } = options;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append(part, new Blob([new Uint8Array(bytes)]), 'artifacts.zip');
  return coordinator.api('POST', `/jobs/${job.id}/artifacts${query}`, form, { 'job-token': token });
}

const download = (coordinator: TestCoordinator, id: number, token: string, query = ''): Promise<Answer> =>
  coordinator.api('GET', `/jobs/${id}/artifacts${query}`, undefined, token === '' ? {} : { 'job-token': token });

describe('POST /jobs/:id/artifacts', () => {
  test('C45: 201, and the bytes can be read again', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    const query = '?artifact_format=zip&artifact_type=archive&expire_in=7d';
    assert.equal((await upload(coordinator, job, { query })).status, 201);
    const [stored] = (await coordinator.view(job)).artifacts;
    const { sha256: _sha256, ...shown } = stored;
    const expected = { type: 'archive', format: 'zip', filename: 'artifacts.zip', size: 3, expire_in: '7d' };
    assert.deepEqual(shown, expected);
    assert.equal((await coordinator.call('GET', `/mock/jobs/${job.id}/artifacts/archive`)).text, 'zip');
  });

  test('C45: a chunked body without length', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    const body = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\nzip\r\n--b--\r\n`;
    const headers = { 'job-token': job.token, 'content-type': 'multipart/form-data; boundary=b' };
    const init = { method: 'POST', headers, body: new Blob([body]).stream(), duplex: 'half' } as RequestInit;
    assert.equal((await fetch(`${coordinator.url}/api/v4/jobs/${job.id}/artifacts`, init)).status, 201);
    assert.equal((await coordinator.view(job)).artifacts[0].size, 3);
  });

  test('C45: no file 400, runner token 403, finished job 403, too large 413', async () => {
    await using coordinator = await startCoordinator({ artifactLimitBytes: 10 });
    const job = await coordinator.running();
    assert.equal((await upload(coordinator, job, { part: 'other' })).status, 400);
    const empty = await coordinator.api('POST', `/jobs/${job.id}/artifacts`, undefined, { 'job-token': job.token });
    assert.equal(empty.status, 400);
    assert.equal((await upload(coordinator, job, { token: coordinator.runnerToken })).status, 403);
    assert.equal((await upload(coordinator, job, { bytes: new Uint8Array(11) })).status, 413);
    await coordinator.update(job, { state: 'success' });
    assert.equal((await upload(coordinator, job)).status, 403);
    assert.deepEqual((await coordinator.view(job)).artifacts, []);
  });

  test('C45: storage errors can be made', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    await coordinator.call('POST', '/mock/faults', { endpoint: 'artifacts', status: 503 });
    assert.equal((await upload(coordinator, job)).status, 503);
    assert.equal((await upload(coordinator, job)).status, 201);
  });

  const dotenv = (text: string): Uint8Array => gzipSync(text);
  for (const [artifact_type, artifact_format, bytes, status] of [
    ['archive', 'gzip', undefined, 400],
    ['junit', 'gzip', undefined, 201],
    ['junit', 'raw', undefined, 400],
    ['sast', 'raw', undefined, 201],
    ['dotenv', 'gzip', dotenv('A=1\n\nB = x y\n'), 201],
    ['dotenv', 'gzip', dotenv('A=1\nno equals sign\n'), 400],
    ['dotenv', 'gzip', Buffer.from('A=1'), 400],
  ] as const) {
    test(`C46: ${artifact_type} as ${artifact_format} is ${status}`, async () => {
      await using coordinator = await startCoordinator();
      const job = await coordinator.running();
      const options = { fields: { artifact_type, artifact_format }, ...(bytes === undefined ? {} : { bytes }) };
      assert.equal((await upload(coordinator, job, options)).status, status);
    });
  }

  test('C46: the same file again is fine, another one of the type is not', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    assert.equal((await upload(coordinator, job)).status, 201);
    assert.equal((await upload(coordinator, job)).status, 201);
    assert.equal((await upload(coordinator, job, { bytes: Buffer.from('other') })).status, 400);
    assert.equal((await coordinator.view(job)).artifacts.length, 1);
  });
});

describe('GET /jobs/:id/artifacts', () => {
  test('C49: for its own token and that of a running job that may see it', async () => {
    await using coordinator = await startCoordinator();
    const producer = await coordinator.running();
    await upload(coordinator, producer);
    assert.equal((await download(coordinator, producer.id, producer.token)).text, 'zip');
    await coordinator.update(producer, { state: 'success' });
    const consumer = await coordinator.running({ dependencies: [{ id: producer.id, token: '__TOKEN__' }] });
    assert.equal((await download(coordinator, producer.id, consumer.token)).status, 200);
    assert.equal((await download(coordinator, producer.id, producer.token)).status, 401, 'finished');
    assert.equal((await download(coordinator, producer.id, (await coordinator.queue()).token)).status, 401, 'pending');
    assert.equal((await download(coordinator, producer.id, 'nonsense')).status, 401);
    assert.equal((await download(coordinator, producer.id, '')).status, 401);
    assert.equal((await download(coordinator, 999_999, consumer.token)).status, 403, 'unknown job');
    assert.equal((await download(coordinator, consumer.id, consumer.token)).status, 404, 'no archive');
  });

  test('C49: a job of another project may not see it', async () => {
    await using coordinator = await startCoordinator();
    const producer = await coordinator.running();
    await upload(coordinator, producer);
    const stranger = await coordinator.running({ job_info: { project_id: 99 } });
    assert.equal((await download(coordinator, producer.id, stranger.token)).status, 403);
    const dependent = await coordinator.running({ job_info: { project_id: 99 }, dependencies: [{ id: producer.id }] });
    assert.equal((await download(coordinator, producer.id, dependent.token)).status, 200);
  });

  test('C50: remote storage redirects a direct download and proxies others', async () => {
    await using coordinator = await startCoordinator({ remoteArtifacts: true });
    const job = await coordinator.running();
    await upload(coordinator, job);
    assert.equal((await download(coordinator, job.id, job.token)).status, 200);
    const redirect = await download(coordinator, job.id, job.token, '?direct_download=true');
    assert.equal(redirect.status, 302);
    const location = new URL(redirect.headers.get('location') ?? '');
    assert.equal((await coordinator.call('GET', location.pathname)).text, 'zip');
    assert.equal((await coordinator.call('GET', '/artifact-storage/nothing')).status, 404);
  });
});
