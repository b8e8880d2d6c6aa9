import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PipelineInput, PipelineJob } from '../../../../../coordinator-mock/pipeline/pipeline.ts';
import { jobOf, makeJob, makePipeline, valueOf } from '../../../../support/make-pipeline.ts';

describe('timeout', () => {
  const durations: Readonly<Record<string, number>> = {
    '3600': 3600,
    '1h 30m': 5400,
    '2h30m': 9000,
    '90 minutes': 5400,
    '45 sec': 45,
    '1.5 hours': 5400,
    '1 day, 2 hours and 5 seconds': 93_605,
    '2 weeks': 1_209_600,
  };
  for (const [text, seconds] of Object.entries(durations)) {
    test(text, () => assert.equal(makeJob(`a: {script: x, timeout: "${text}"}`).timeoutSeconds, seconds));
  }
});

describe('rules, when and allow_failure', () => {
  const parts: readonly (readonly [says: string, expected: Pick<PipelineJob, 'when' | 'allowFailure'>])[] = [
    ['tags: []', { when: 'on_success', allowFailure: false }],
    ['when: always', { when: 'always', allowFailure: false }],
    ['when: manual', { when: 'manual', allowFailure: true }],
    ['when: manual, allow_failure: false', { when: 'manual', allowFailure: false }],
    ['allow_failure: true', { when: 'on_success', allowFailure: true }],
    ['allow_failure: {exit_codes: 3}', { when: 'on_success', allowFailure: { exitCodes: [3] } }],
    ['allow_failure: {exit_codes: [3, 4]}', { when: 'on_success', allowFailure: { exitCodes: [3, 4] } }],
    ['rules: [{if: $CI}]', { when: 'on_success', allowFailure: false }],
    ['rules: [{if: $CI, when: manual}]', { when: 'manual', allowFailure: false }],
    ['rules: [{if: $CI, when: manual, allow_failure: true}]', { when: 'manual', allowFailure: true }],
    ['rules: [{if: $NO, when: never}, {when: on_failure}]', { when: 'on_failure', allowFailure: false }],
    ['when: always, rules: [{if: $CI}]', { when: 'always', allowFailure: false }],
  ];
  for (const [says, expected] of parts) {
    test(says, () => {
      const { when, allowFailure } = makeJob(`a: {script: x, ${says}}`);
      assert.deepEqual({ when, allowFailure }, expected);
    });
  }

  const inclusions: readonly (readonly [rules: string, changes: Partial<PipelineInput>, included: boolean])[] = [
    ['[]', {}, false],
    ['[{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]', {}, true],
    ['[{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]', { ref: 'other' }, false],
    ['[{if: $CI_COMMIT_TAG =~ /^v/}]', { ref: 'v1', refType: 'tag' }, true],
    ['[{if: $CI_PIPELINE_SOURCE == "schedule"}]', { source: 'schedule' }, true],
    ['[{if: $CI_COMMIT_BRANCH, when: never}, {when: always}]', {}, false],
    ['[{if: $DEPLOY == "yes"}]', { variables: [{ key: 'DEPLOY', value: 'yes' }] }, true],
    ['[{if: $OWN == "main"}]', {}, true],
    ['[{if: $CI_JOB_NAME == "a" && $CI_JOB_STAGE == "test"}]', {}, true],
  ];
  for (const [rules, changes, included] of inclusions) {
    test(`rules: ${rules} with ${JSON.stringify(changes)}: ${included}`, () => {
      const yaml = `a: {script: x, variables: {OWN: $CI_COMMIT_REF_NAME}, rules: ${rules}}\nb: {script: x}\n`;
      assert.equal(
        makePipeline(yaml, changes).jobs.some(({ name }) => name === 'a'),
        included,
      );
    });
  }

  test('a rule may bring its own needs', () => {
    const pipeline = makePipeline('a: {script: x}\nb: {script: x, needs: [], rules: [{if: $CI, needs: [a]}]}\n');
    assert.deepEqual(jobOf(pipeline, 'b').needs, [{ job: 'a', optional: false, artifacts: true }]);
  });
});

describe('stages', () => {
  test('order the jobs, with .pre and .post at the ends', () => {
    const pipeline = makePipeline(`
stages: [two, unused, one]
a: {stage: one, script: x}
z: {stage: .post, script: x}
b: {stage: two, script: x}
y: {stage: .pre, script: x}
c: {stage: two, script: x}
`);
    assert.deepEqual(pipeline.stages, ['.pre', 'two', 'one', '.post']);
    assert.deepEqual(
      pipeline.jobs.map(({ name }) => name),
      ['y', 'b', 'c', 'a', 'z'],
    );
  });
});

describe('parallel and needs', () => {
  test('a parallel job is numbered, and a need of it means all its parts', () => {
    const pipeline = makePipeline('a: {script: x, parallel: 2}\nb: {script: x, needs: [{job: a, artifacts: false}]}\n');
    assert.deepEqual(
      pipeline.jobs.map(({ name }) => name),
      ['a 1/2', 'a 2/2', 'b'],
    );
    assert.deepEqual(jobOf(pipeline, 'b').needs, [
      { job: 'a 1/2', optional: false, artifacts: false },
      { job: 'a 2/2', optional: false, artifacts: false },
    ]);
  });

  test('an optional need of a job that rules keep out is dropped', () => {
    const pipeline = makePipeline(
      'a: {script: x, rules: [{if: $NO}]}\nb: {script: x, needs: [{job: a, optional: true}]}\n',
    );
    assert.deepEqual(jobOf(pipeline, 'b').needs, []);
  });

  test('without needs a job waits for its stage', () => {
    assert.equal(makeJob('a: {script: x}').needs, undefined);
  });
});

describe('default', () => {
  test('is taken over word by word, new and old way', () => {
    const pipeline = makePipeline(`
default: {tags: [docker], retry: 1, artifacts: {paths: [out]}, timeout: 5m}
image: busybox
before_script: [echo before]
a: {script: x}
b: {script: x, image: alpine, tags: [], before_script: [], artifacts: {untracked: true}}
`);
    const a = jobOf(pipeline, 'a');
    assert.deepEqual([a.tags, a.retry.max, a.timeoutSeconds, a.payload.image?.name], [['docker'], 1, 300, 'busybox']);
    assert.deepEqual(a.payload.steps[0]?.script, ['echo before', 'x']);
    const b = jobOf(pipeline, 'b');
    assert.deepEqual([b.tags, b.payload.image?.name, b.payload.steps[0]?.script], [[], 'alpine', ['x']]);
    assert.deepEqual(
      b.payload.artifacts.map(({ paths, untracked }) => [paths, untracked]),
      [[[], true]],
    );
  });
});

describe('names', () => {
  test('of jobs and variables may be words of the language', () => {
    const job = makeJob('constructor: {script: x, variables: {__proto__: a, toString: b}}');
    assert.equal(job.name, 'constructor');
    assert.deepEqual([valueOf(job, '__proto__'), valueOf(job, 'toString')], ['a', 'b']);
  });
});

describe('warnings', () => {
  test('name what is accepted without effect, each place once', () => {
    const { warnings } = makePipeline(`
default: {interruptible: true}
.base: {coverage: '/[0-9]+%/'}
a: {script: x, extends: .base}
b: {script: x, extends: .base, needs: [{job: aa, optional: true}]}
pages: {script: x}
`);
    assert.deepEqual(warnings, [
      '.gitlab-ci.yml:2:26: `interruptible` has no effect here: nothing cancels running pipelines',
      '.gitlab-ci.yml:3:19: `coverage` has no effect here: the coverage is not computed',
      '.gitlab-ci.yml:6:1: the job `pages` runs like any other: no site is deployed',
      '.gitlab-ci.yml:5:46: the optional need `aa` is never met: the file has no such job',
    ]);
  });
});
