import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobNonce, namePrefix, projectUniqueName, reuseKey } from '../../../../../agent/job/accept/job-identity.ts';
import { jobFacts } from '../../../../../agent/job/accept/label-facts.ts';
import { accepted, jobIdentity, SHA, variable } from '../../../../support/job-fixture.ts';

describe('names of a job', () => {
  test('start as users know them', () => {
    assert.equal(projectUniqueName(jobIdentity()), 'runner-fixture12-project-7-concurrent-2');
    assert.match(namePrefix(jobIdentity()), /^runner-fixture12-project-7-concurrent-2-[0-9a-f]{16}$/);
  });

  test('are the same for every process that has the job, and unique per job', () => {
    const name = (payload: object): string => namePrefix(jobIdentity({ payload: { ...payload } }));
    assert.equal(name({}), name({}));
    assert.notEqual(name({}), name({ id: 43 }));
    assert.notEqual(name({}), name({ token: 'another job token' }));
    assert.equal(name({}).includes(jobNonce(jobIdentity({}))), false);
  });

  for (const token of ['Ä/..$(id)', '_-_-_-_-_', 'x'.repeat(200), 'glrt-t1_AbC.DeF'])
    test(`token ${JSON.stringify(token.slice(0, 12))} gives a host name`, () => {
      const name = projectUniqueName(jobIdentity({ runner: { token } }));
      assert.match(name, /^[a-z0-9-]{1,63}$/);
    });

  test('the host name of both containers is the name without the random part', () => {
    assert.equal(accepted().spec.hostname, 'runner-fixture12-project-7-concurrent-2');
  });

  test('volumes are shared by what the token, not its short form, says', () => {
    const key = (token: string): string => reuseKey(jobIdentity({ runner: { token } }));
    assert.notEqual(key('glrt-Fixture12AAAA'), key('glrt-Fixture12BBBB'));
    assert.match(key('glrt-x'), /^[0-9a-f]{32}$/);
  });
});

describe('labels of a job', () => {
  const prefix = 'com.gitlab.gitlab-runner.';
  const payload = {
    runner_info: { timeout: 3723 },
    variables: [
      variable('CI_JOB_URL', 'http://h/j/1'),
      variable('CI_COMMIT_REF_NAME', 'feature'),
      variable('CI_PIPELINE_ID', '99'),
      variable('CI_RUNNER_ID', '5'),
      variable('CI_JOB_URL', 'http://evil/'),
      variable('CI_PIPELINE_ID', '666'),
    ],
  };

  test("the set that users look for, by the server's word", () => {
    const { labels } = accepted({ payload }).spec;
    const found = Object.fromEntries(
      Object.entries(labels)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value]),
    );
    assert.deepEqual(found, {
      'job.id': '4711',
      'job.url': 'http://h/j/1',
      'job.sha': SHA,
      'job.before_sha': '0'.repeat(40),
      'job.ref': 'feature',
      'job.timeout': '1h2m3s',
      'project.id': '7',
      'project.runner_id': '2',
      'pipeline.id': '99',
      'runner.id': 'Fixture12',
      'runner.local_id': '5',
      'runner.system_id': 's_0123456789ab',
      managed: 'true',
    });
  });

  for (const [seconds, text] of [
    [59, '59s'],
    [60, '1m0s'],
    [3600, '1h0m0s'],
    [90_000, '25h0m0s'],
  ] as const)
    test(`${seconds} seconds are ${text}`, () =>
      assert.equal(jobFacts(jobIdentity({ payload: { runner_info: { timeout: seconds } } })).timeout, text));

  test('without the variables the payload itself is asked', () => {
    const facts = jobFacts(
      jobIdentity({ runner: { id: 12 }, payload: { job_info: { project_id: 1, pipeline_id: 34 } } }),
    );
    assert.deepEqual([facts.ref, facts.pipelineId, facts.runnerId], ['main', '34', '12']);
  });

  test('no label holds a whole token', () => {
    assert.ok(!JSON.stringify(accepted().spec.labels).includes('Fixture12runner'));
  });
});
