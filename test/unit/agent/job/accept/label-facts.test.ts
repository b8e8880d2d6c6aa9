import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobLabels } from '../../../../../agent/container/labels.ts';
import { jobFacts } from '../../../../../agent/job/accept/label-facts.ts';
import { jobIdentity, jobPayload, JOB_TOKEN, variable } from '../../../../support/job-fixture.ts';

const labelsOf = (variables: Readonly<Record<string, string>>): Record<string, string> =>
  jobLabels(
    jobFacts({
      ...jobIdentity(),
      payload: jobPayload({ variables: Object.entries(variables).map(([key, value]) => variable(key, value)) }),
    }),
  );

describe('jobFacts', () => {
  test('lead to job, pipeline, commit, project, runner and agent', () => {
    const labels = labelsOf({
      CI_JOB_URL: 'https://git.example.com/grp/app/-/jobs/4711',
      CI_PIPELINE_ID: '99',
      CI_PROJECT_PATH: 'grp/app',
      CI_RUNNER_ID: '5',
    });
    const { 'dev.dockworker.deadline': deadline, ...rest } = labels;
    assert.ok(Number(deadline) > Date.now() / 1000 && Number(deadline) < Date.now() / 1000 + 62);
    assert.deepEqual(rest, {
      'com.gitlab.gitlab-runner.job.id': '4711',
      'com.gitlab.gitlab-runner.job.url': 'https://git.example.com/grp/app/-/jobs/4711',
      'com.gitlab.gitlab-runner.job.sha': '1234567890abcdef1234567890abcdef12345678',
      'com.gitlab.gitlab-runner.job.before_sha': '0'.repeat(40),
      'com.gitlab.gitlab-runner.job.ref': 'main',
      'com.gitlab.gitlab-runner.job.timeout': '1m0s',
      'com.gitlab.gitlab-runner.project.id': '7',
      'com.gitlab.gitlab-runner.project.runner_id': '2',
      'com.gitlab.gitlab-runner.pipeline.id': '99',
      'com.gitlab.gitlab-runner.runner.id': 'Fixture12',
      'com.gitlab.gitlab-runner.runner.local_id': '5',
      'com.gitlab.gitlab-runner.runner.system_id': 's_0123456789ab',
      'com.gitlab.gitlab-runner.managed': 'true',
      'dev.dockworker.instance': '0123456789abcdef',
      'dev.dockworker.job.id': '4711',
      'dev.dockworker.runner.name': 'fixture',
      'dev.dockworker.job.name': 'job',
      'dev.dockworker.project.path': 'grp/app',
    });
  });

  test('what the job defines again does not count: the coordinator came first', () => {
    const payload = jobPayload({
      variables: [variable('CI_PIPELINE_ID', '99'), variable('CI_PIPELINE_ID', 'forged')],
    });
    assert.equal(jobFacts({ ...jobIdentity(), payload }).pipelineId, '99');
  });

  test('user and password of the URL stay out', () => {
    const key = 'com.gitlab.gitlab-runner.job.url';
    const url = `https://gitlab-ci-token:${JOB_TOKEN}@git.example.com/-/jobs/1`;
    assert.equal(labelsOf({ CI_JOB_URL: url })[key], 'https://git.example.com/-/jobs/1');
    assert.equal(labelsOf({ CI_JOB_URL: `//user:${JOB_TOKEN}@git.example.com/x` })[key], '');
    const plain = 'https://git.example.com/-/jobs/1?x=a b';
    assert.equal(labelsOf({ CI_JOB_URL: plain })[key], plain);
  });
});
