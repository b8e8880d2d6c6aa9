import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isProtocolError } from '#protocol/protocol-error.ts';
import type { JobOffer, ReceivedJob } from '../../../../agent/coordinator/job-offer.ts';
import { readJobOffer } from '../../../../agent/coordinator/read-job-offer.ts';

const minimal = {
  id: 42,
  token: 'glcbt-job',
  job_info: { name: 'job', stage: 'test', project_id: 7 },
  git_info: { repo_url: 'http://host/grp/app.git', ref: 'main', sha: '0'.repeat(40), refspecs: [], depth: 20 },
  runner_info: { timeout: 3600 },
  steps: [{ name: 'script', script: ['true'] }],
  image: { name: 'busybox' },
  features: { failure_reasons: ['script_failure', 'job_canceled'] },
};

const answer = (body: string, type = 'application/json', status = 201): JobOffer =>
  readJobOffer({ status, headers: { 'content-type': type }, body });
const changed = (change: object): JobOffer => answer(JSON.stringify({ ...minimal, ...change }));

function received(offer: JobOffer): ReceivedJob {
  assert.ok(offer.kind === 'job', JSON.stringify(offer));
  return offer.job;
}

describe('a job that can be read', () => {
  test('comes with its payload and the reasons that the coordinator knows', () => {
    const { id, token, payload, failureReasons } = received(changed({ unknown_field: 1 }));
    assert.deepEqual([id, token, failureReasons], [42, 'glcbt-job', ['script_failure', 'job_canceled']]);
    assert.ok(!isProtocolError(payload));
    assert.equal(payload.job_info.project_id, 7);
  });
  test('a charset after the type does not matter', () => {
    assert.equal(received(answer(JSON.stringify(minimal), 'application/json; charset=utf-8')).id, 42);
  });
});

describe('a malformed job is still a job that was handed out', () => {
  for (const [name, change, path] of [
    ['image is a string', { image: 'busybox' }, 'image'],
    ['steps is a string', { steps: 'echo' }, 'steps'],
    ['timeout is a string', { runner_info: { timeout: 'long' } }, 'runner_info.timeout'],
    ['project_id is a string', { job_info: { project_id: 'seven' } }, 'job_info.project_id'],
    ['entrypoint is a string', { image: { name: 'x', entrypoint: '/bin/sh' } }, 'image.entrypoint'],
    ['no git_info', { git_info: undefined }, 'git_info'],
    ['run is a list', { run: [] }, 'run'],
    ['a number beyond 2^53', { job_info: { project_id: 2 ** 60 } }, 'job_info.project_id'],
  ] as const)
    test(`${name}: the error names ${path}`, () => {
      const { id, token, payload, failureReasons } = received(changed(change));
      assert.deepEqual([id, token], [42, 'glcbt-job']);
      assert.ok(isProtocolError(payload));
      assert.equal(payload.path, path);
      assert.deepEqual(failureReasons, ['script_failure', 'job_canceled']);
    });

  test('features of a wrong type leave no reasons', () => {
    assert.deepEqual(received(changed({ features: 'all' })).failureReasons, []);
    assert.deepEqual(received(changed({ features: { failure_reasons: [1, 'script_failure'] } })).failureReasons, [
      'script_failure',
    ]);
  });
  test('text/html around a job', () => {
    assert.ok(isProtocolError(received(answer(JSON.stringify(minimal), 'text/html')).payload));
  });
  test('JSON that was cut off after id and token', () => {
    const { id, token, payload } = received(answer(JSON.stringify(minimal).slice(0, 200)));
    assert.deepEqual([id, token], [42, 'glcbt-job']);
    assert.ok(isProtocolError(payload));
  });
});

describe('an answer that names no job is an error', () => {
  for (const body of [
    '<html>maintenance</html>',
    '{}',
    'null',
    '[]',
    '"job"',
    '',
    '{"id":"42","token":"x"}',
    '{"id":42}',
    '{"id":42,"tok',
  ])
    test(JSON.stringify(body), () => {
      const offer = answer(body);
      assert.ok(offer.kind === 'error');
      assert.equal(offer.status, -1);
      assert.match(offer.message, /^job payload: /);
    });
});

describe('other statuses', () => {
  test('204 with and without a value for the next request (C10, C24)', () => {
    const headers = { 'x-gitlab-last-update': 'abc' };
    assert.deepEqual(readJobOffer({ status: 204, headers, body: '' }), { kind: 'none', lastUpdate: 'abc' });
    const held = { 'gitlab-ci-builds-polling': 'yes' };
    assert.deepEqual(readJobOffer({ status: 204, headers: held, body: '' }), { kind: 'none', lastUpdate: undefined });
  });
  test('403 is a refusal', () => {
    const offer = answer('{"message":"403 Forbidden"}', 'application/json', 403);
    assert.deepEqual(offer, { kind: 'refused', message: '403 Forbidden' });
  });
  for (const status of [200, 400, 401, 409, 422, 500])
    test(`${status} is an error`, () => {
      const offer = answer('{"error":"token is missing"}', 'application/json', status);
      assert.deepEqual(offer, { kind: 'error', status, message: 'token is missing' });
    });
});
