import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobOf, makeJob, makePipeline, valueOf } from '../../../../support/make-pipeline.ts';

describe('the variables of a job', () => {
  test('come in the order predefined, file, pipeline', () => {
    const job = makeJob('variables: {A: global, B: global}\na: {script: x, variables: {C: job, A: job}}\n', {
      variables: [{ key: 'B', value: 'pipeline' }],
    });
    const own = job.payload.variables.filter(({ key }) => !/^(CI|GITLAB_CI)(_|$)/.test(key));
    assert.deepEqual(
      own.map(({ key, value, public: isPublic }) => [key, value, isPublic]),
      [
        ['A', 'job', true],
        ['B', 'global', true],
        ['C', 'job', true],
        ['B', 'pipeline', false],
      ],
    );
    assert.equal(job.payload.variables.slice(-own.length)[0]?.key, 'A');
  });

  test('keep their flags', () => {
    const job = makeJob('a: {script: x, variables: {R: {value: $CI, expand: false}}}', {
      variables: [{ key: 'S', value: 'secret', masked: true, file: true }],
    });
    assert.deepEqual(job.payload.variables.slice(-2), [
      { key: 'R', value: '$CI', public: true, masked: false, file: false, raw: true },
      { key: 'S', value: 'secret', public: false, masked: true, file: true, raw: false },
    ]);
  });

  test('rules add to them and win over the job', () => {
    const job = makeJob(
      'a: {script: x, variables: {A: job, B: job}, rules: [{if: $CI, variables: {A: rule, C: rule}}]}',
    );
    assert.deepEqual(
      ['A', 'B', 'C'].map((key) => valueOf(job, key)),
      ['rule', 'job', 'rule'],
    );
  });

  test('rules of workflow add to the global ones', () => {
    const job = makeJob(
      'variables: {A: global, B: global}\nworkflow: {rules: [{if: $CI, variables: {A: workflow, B: workflow}}]}\na: {script: x, variables: {B: job}}\n',
    );
    assert.deepEqual(
      ['A', 'B'].map((key) => valueOf(job, key)),
      ['workflow', 'job'],
    );
  });

  test('say what is known about job, pipeline, project and commit', () => {
    const pipeline = makePipeline('Unit Tests: {script: x, parallel: 2, when: manual}\nb: {script: x}\n', {
      projectPath: 'grp/sub/app',
      createdAt: new Date('2026-11-21T04:05:06Z'),
      source: 'web',
      commit: { message: 'Title\n\nBody\n', author: 'A <a@example.com>', timestamp: '2026-11-20T00:00:00Z' },
    });
    const job = jobOf(pipeline, 'Unit Tests 2/2');
    const expected = {
      CI: 'true',
      GITLAB_CI: 'true',
      CI_JOB_NAME: 'Unit Tests 2/2',
      CI_JOB_NAME_SLUG: 'unit-tests-2-2',
      CI_JOB_GROUP_NAME: 'Unit Tests',
      CI_JOB_STAGE: 'test',
      CI_JOB_MANUAL: 'true',
      CI_NODE_INDEX: '2',
      CI_NODE_TOTAL: '2',
      CI_PIPELINE_ID: '31',
      CI_PIPELINE_SOURCE: 'web',
      CI_PIPELINE_CREATED_AT: '2026-11-21T04:05:06.000Z',
      CI_SERVER_URL: 'http://127.0.0.1:8929',
      CI_SERVER_HOST: '127.0.0.1',
      CI_SERVER_PORT: '8929',
      CI_SERVER_PROTOCOL: 'http',
      CI_API_V4_URL: 'http://127.0.0.1:8929/api/v4',
      CI_PROJECT_ID: '7',
      CI_PROJECT_NAME: 'app',
      CI_PROJECT_PATH: 'grp/sub/app',
      CI_PROJECT_PATH_SLUG: 'grp-sub-app',
      CI_PROJECT_NAMESPACE: 'grp/sub',
      CI_PROJECT_ROOT_NAMESPACE: 'grp',
      CI_DEFAULT_BRANCH: 'main',
      CI_CONFIG_PATH: '.gitlab-ci.yml',
      CI_COMMIT_SHA: 'c4def770aa11bb22cc33dd44ee55ff6677889900',
      CI_COMMIT_SHORT_SHA: 'c4def770',
      CI_COMMIT_BEFORE_SHA: '0000000000000000000000000000000000000000',
      CI_COMMIT_REF_NAME: 'main',
      CI_COMMIT_BRANCH: 'main',
      CI_COMMIT_REF_PROTECTED: 'true',
      CI_COMMIT_TITLE: 'Title',
      CI_COMMIT_DESCRIPTION: 'Body',
      CI_COMMIT_AUTHOR: 'A <a@example.com>',
    };
    for (const [key, value] of Object.entries(expected)) assert.equal(valueOf(job, key), value, key);
    assert.equal(valueOf(job, 'CI_COMMIT_TAG'), undefined);
    assert.equal(valueOf(jobOf(pipeline, 'b'), 'CI_NODE_INDEX'), undefined);
    assert.equal(valueOf(jobOf(pipeline, 'b'), 'CI_NODE_TOTAL'), '1');
  });

  test('of a tag', () => {
    const job = makeJob('a: {script: x}', { ref: 'v1.0_RC', refType: 'tag' });
    assert.equal(valueOf(job, 'CI_COMMIT_TAG'), 'v1.0_RC');
    assert.equal(valueOf(job, 'CI_COMMIT_BRANCH'), undefined);
    assert.equal(valueOf(job, 'CI_COMMIT_REF_SLUG'), 'v1-0-rc');
  });

  const expansions: readonly (readonly [title: string, variables: string, name: string, value: string])[] = [
    ['to any depth, in any order', '{A: "<$B>", B: "${C}%C%", C: c}', 'A', '<cc>'],
    ['predefined ones too', '{A: "$CI_COMMIT_SHORT_SHA"}', 'A', 'c4def770'],
    ['unknown names stay', '{A: "$NOBODY/${CI_JOB_ID}"}', 'A', '$NOBODY/${CI_JOB_ID}'],
    ['a doubled sign stays', '{A: "$$B", B: b}', 'A', '$$B'],
    ['names of raw ones stay', '{A: "$B", B: {value: "$C", expand: false}, C: c}', 'A', '$B'],
    ['a circle stays', '{A: "$B", B: "$A"}', 'A', '$A'],
    ['its own name stays', '{A: "$A:x"}', 'A', '$A:x'],
    ['values are not expanded twice', '{A: "$B", B: "$$C", C: c}', 'A', '$$C'],
  ];
  for (const [title, variables, name, value] of expansions) {
    test(`are expanded: ${title}`, () => {
      assert.equal(valueOf(makeJob(`a: {script: x, variables: ${variables}}`), name), value);
    });
  }

  test('are expanded in tags', () => {
    assert.deepEqual(makeJob('a: {script: x, tags: ["$ARCH-$NO", docker], variables: {ARCH: arm}}').tags, [
      'arm-$NO',
      'docker',
    ]);
  });
});
