import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isCoordinatorError } from '../../../../agent/coordinator/coordinator-error.ts';
import { HttpCoordinator } from '../../../../agent/coordinator/http-coordinator.ts';
import { runnerInfo } from '../../../../agent/coordinator/runner-info.ts';
import { HastyClock } from '../../../support/hasty-clock.ts';
import { json, RecordingServer } from '../../../support/recording-server.ts';

const runner = { token: 'glrt-runner', systemId: 's_0123456789ab' };
const job = { id: 42, token: 'glcbt-job' };
const never = new AbortController().signal;

async function connect(
  path = '',
): Promise<{ server: RecordingServer; coordinator: HttpCoordinator; clock: HastyClock }> {
  const server = await RecordingServer.start();
  const clock = new HastyClock();
  return { server, clock, coordinator: new HttpCoordinator({ url: server.url + path, clock, env: {} }) };
}

describe('what a request looks like', () => {
  test('runner-level calls carry the runner token in the header and in the body (C7)', async () => {
    const { server, coordinator } = await connect();
    await using _ = server;
    const identity = json(200, { id: 7, token: 'glrt-runner', token_expires_at: null });
    server.answer(identity, { status: 204 }, { ...identity, status: 201 }, { status: 204 });
    await coordinator.verify(runner, runnerInfo());
    await coordinator.requestJob(runner, runnerInfo(), 'abc', never);
    const registration = { token: runner.token, info: runnerInfo(), run_untagged: true, locked: true, paused: false };
    await coordinator.register(registration);
    await coordinator.unregisterManager(runner);
    for (const { headers, body } of server.requests) {
      assert.equal(headers['runner-token'], runner.token);
      assert.equal(JSON.parse(body).token, runner.token);
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers['content-length'], String(Buffer.byteLength(body)));
      assert.equal(headers['job-token'], undefined);
      assert.match(String(headers['x-request-id']), /^[0-9a-f]{32}$/);
      assert.match(String(headers['user-agent']), /^dockworker \d+\.\d+\.\d+ \(/);
    }
    const accepts = server.requests.map(({ method, headers }) => [method, headers.accept]);
    assert.deepEqual(accepts, [
      ['POST', 'application/json'],
      ['POST', 'application/json'],
      ['POST', 'application/json'],
      ['DELETE', undefined],
    ]);
  });

  test('a job request names system, info and last_update; the first one has no last_update', async () => {
    const { server, coordinator } = await connect();
    await using _ = server;
    await coordinator.requestJob(runner, runnerInfo(), undefined, never);
    await coordinator.requestJob(runner, runnerInfo(), 'abc', never);
    const [first, second] = server.requests.map(({ body }) => JSON.parse(body));
    assert.deepEqual(Object.keys(first).toSorted(), ['info', 'system_id', 'token']);
    assert.equal(second.last_update, 'abc');
    assert.equal(second.system_id, runner.systemId);
    assert.deepEqual(second.info, JSON.parse(JSON.stringify(runnerInfo())));
  });

  test('an update carries the job token twice and neither accepts nor needs a body', async () => {
    const { server, coordinator } = await connect();
    await using _ = server;
    server.answer({ status: 200, headers: { 'Job-Status': 'running' } });
    const reply = await coordinator.updateJob(job, { state: 'running', output: {} });
    const [{ method, path, headers, body }] = server.requests as [(typeof server.requests)[0]];
    assert.deepEqual([method, path], ['PUT', '/api/v4/jobs/42']);
    assert.equal(headers['job-token'], job.token);
    assert.equal(headers['runner-token'], undefined);
    assert.equal(headers.accept, undefined);
    assert.deepEqual(JSON.parse(body), { state: 'running', output: {}, token: job.token });
    assert.deepEqual(reply, { status: 200, jobStatus: 'running', updateInterval: undefined, storedBytes: undefined });
  });

  test('a patch sends raw bytes with an inclusive range (C43)', async () => {
    const { server, coordinator } = await connect();
    await using _ = server;
    const headers = { 'Job-Status': 'canceling', Range: '0-17', 'X-GitLab-Trace-Update-Interval': '60' };
    server.answer({ status: 202, headers });
    const reply = await coordinator.patchTrace(job, Buffer.from('seventeen bytes..'), 0, true);
    const [request] = server.requests as [(typeof server.requests)[0]];
    assert.equal(request.path, '/api/v4/jobs/42/trace?debug_trace=true');
    assert.equal(request.headers['content-range'], '0-16');
    assert.equal(request.headers['content-type'], 'text/plain');
    assert.equal(request.headers['content-length'], '17');
    assert.equal(request.headers['job-token'], job.token);
    assert.deepEqual(reply, { status: 202, jobStatus: 'canceling', updateInterval: 60, storedBytes: 17 });
  });

  for (const [tail, path] of [
    ['', '/api/v4/jobs/request'],
    ['/', '/api/v4/jobs/request'],
    ['/ci', '/api/v4/jobs/request'],
    ['/ci/', '/api/v4/jobs/request'],
    ['/gitlab/ci', '/gitlab/api/v4/jobs/request'],
    ['/gitlab//', '/gitlab/api/v4/jobs/request'],
  ] as const)
    test(`the url ending "${tail}" asks ${path}`, async () => {
      const { server, coordinator } = await connect(tail);
      await using _ = server;
      await coordinator.requestJob(runner, runnerInfo(), undefined, never);
      assert.equal(server.requests[0]?.path, path);
    });
});

describe('what a runner-level call makes of the answer', () => {
  const failing = [
    ['a refusal', json(403, { message: '403 Forbidden' }), 403, /403 Forbidden/],
    ['validation errors', json(400, { message: { tag_list: ['is odd'] } }), 400, /tag_list/],
    ['an HTML page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, -1, /text\/html/],
    ['a text reply', { status: 200, headers: { 'content-type': 'text/plain' }, body: '200' }, -1, /text\/plain/],
    ['broken JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":' }, -1, /JSON/],
    ['a wrong field', json(200, { id: 'seven', token: 'x' }), -1, /id: expected/],
    [
      'a redirect that would turn into a GET',
      { status: 302, headers: { location: 'https://new/' } },
      302,
      /https:\/\/new\//,
    ],
    ['a dropped connection', { drop: true }, -1, /no answer/],
  ] as const;
  for (const [name, answer, status, message] of failing)
    test(`${name} is a CoordinatorError with status ${status}`, async () => {
      const { server, coordinator } = await connect();
      await using _ = server;
      server.answer(answer);
      await assert.rejects(coordinator.verify(runner, runnerInfo()), (error) => {
        assert.ok(isCoordinatorError(error));
        assert.equal(error.status, status);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /glrt-runner/);
        return true;
      });
    });

  for (const url of ['localhost:80', 'ftp://host/', 'http://', 'not a url'])
    test(`the url "${url}" is refused without a request`, async () => {
      const coordinator = new HttpCoordinator({ url, env: {} });
      await assert.rejects(
        coordinator.verify(runner, runnerInfo()),
        (error) => isCoordinatorError(error) && error.status === -100,
      );
      const offer = await coordinator.requestJob(runner, runnerInfo(), undefined, never);
      assert.equal(offer.kind === 'error' && offer.status, -100);
    });

  test('a token reset is answered with the new token', async () => {
    const { server, coordinator } = await connect();
    await using _ = server;
    server.answer(json(201, { token: 'glrt-new', token_expires_at: '2027-01-01T00:00:00.000Z' }));
    assert.deepEqual(await coordinator.resetToken('glrt-runner'), {
      token: 'glrt-new',
      token_expires_at: '2027-01-01T00:00:00.000Z',
    });
    assert.equal(server.requests[0]?.headers['runner-token'], undefined);
  });
});

describe('job-level calls never throw for what the coordinator does', () => {
  test('a dropped connection is status -1 with its cause', async () => {
    const { server, coordinator } = await connect();
    await using _ = server;
    server.answer({ drop: true });
    const reply = await coordinator.updateJob(job, { state: 'success' });
    assert.equal(reply.status, -1);
    assert.ok(reply.error instanceof Error);
    assert.equal(server.requests.length, 1, 'transport errors are not retried here');
  });

  for (const status of [200, 202, 400, 403, 404, 409, 412, 416])
    test(`${status} is handed up after one request (C33)`, async () => {
      const { server, coordinator } = await connect();
      await using _ = server;
      server.answer({ status });
      assert.equal((await coordinator.updateJob(job, { state: 'success' })).status, status);
      assert.equal(server.requests.length, 1);
    });

  for (const [value, expected] of [
    ['3', 3],
    ['4000', 900],
    ['0', undefined],
    ['-10', undefined],
    ['soon', undefined],
  ] as const)
    test(`an update interval of "${value}" means ${expected ?? 'nothing'} (C43)`, async () => {
      const { server, coordinator } = await connect();
      await using _ = server;
      server.answer({ status: 202, headers: { 'X-GitLab-Trace-Update-Interval': value } });
      assert.equal((await coordinator.updateJob(job, { state: 'running' })).updateInterval, expected);
    });

  test('an aborted signal rejects with its reason', async () => {
    const { server, coordinator } = await connect();
    await using _ = server;
    const hold = Promise.withResolvers<void>();
    server.answer({ hold: hold.promise });
    const stop = new AbortController();
    const update = coordinator.updateJob(job, { state: 'running' }, stop.signal);
    const request = coordinator.requestJob(runner, runnerInfo(), undefined, stop.signal);
    const verify = coordinator.verify(runner, runnerInfo(), stop.signal);
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 20);
    for (const call of [update, request, verify]) await assert.rejects(call, reason);
    hold.resolve();
  });
});
