import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ArtifactSpec, CacheSpec } from '#protocol/job-files.ts';
import { makeJob } from '../../../../support/make-pipeline.ts';

const archive: ArtifactSpec = {
  name: undefined,
  untracked: false,
  paths: [],
  exclude: [],
  when: 'on_success',
  expire_in: undefined,
  artifact_type: 'archive',
  artifact_format: 'zip',
};

function report(name: string, kind: string, paths: string[], expireIn?: string): ArtifactSpec {
  const [type = '', format = ''] = kind.split(' ');
  return { ...archive, name, paths, when: 'always', expire_in: expireIn, artifact_type: type, artifact_format: format };
}

const artifacts: readonly (readonly [yaml: string, expected: ArtifactSpec[]])[] = [
  ['{paths: [out/, "*.txt"]}', [{ ...archive, paths: ['out/', '*.txt'] }]],
  ['{untracked: true}', [{ ...archive, untracked: true }]],
  [
    '{paths: [a], exclude: ["a/*.o"], name: "$CI_JOB_NAME"}',
    [{ ...archive, paths: ['a'], exclude: ['a/*.o'], name: '$CI_JOB_NAME' }],
  ],
  [
    '{paths: [a], when: on_failure, expire_in: 1 week}',
    [{ ...archive, paths: ['a'], when: 'on_failure', expire_in: '1 week' }],
  ],
  ['{paths: [a], expire_in: never}', [{ ...archive, paths: ['a'], expire_in: 'never' }]],
  ['{paths: [a], expire_in: 3600}', [{ ...archive, paths: ['a'], expire_in: '3600' }]],
  ['{reports: {junit: r.xml}}', [report('junit.xml', 'junit gzip', ['r.xml'])]],
  [
    '{paths: [a], expire_in: 2 days, reports: {junit: [a.xml, b.xml], dotenv: v.env, sast: s.json}}',
    [
      { ...archive, paths: ['a'], expire_in: '2 days' },
      report('junit.xml', 'junit gzip', ['a.xml', 'b.xml'], '2 days'),
      report('.env', 'dotenv gzip', ['v.env'], '2 days'),
      report('gl-sast-report.json', 'sast raw', ['s.json'], '2 days'),
    ],
  ],
  [
    '{reports: {coverage_report: {coverage_format: cobertura, path: c.xml}}}',
    [report('cobertura-coverage.xml', 'cobertura gzip', ['c.xml'])],
  ],
  ['{reports: {lsif: d.lsif}}', [report('lsif.json', 'lsif zip', ['d.lsif'])]],
];

describe('artifacts', () => {
  for (const [yaml, expected] of artifacts) {
    test(yaml, () => assert.deepEqual(makeJob(`a: {script: x, artifacts: ${yaml}}`).payload.artifacts, expected));
  }
});

const cache: CacheSpec = {
  key: 'default-protected',
  untracked: false,
  policy: 'pull-push',
  paths: [],
  when: 'on_success',
  fallback_keys: [],
};

const caches: readonly (readonly [yaml: string, expected: CacheSpec[]])[] = [
  ['{paths: [node_modules]}', [{ ...cache, paths: ['node_modules'] }]],
  ['{key: "$CI_COMMIT_REF_SLUG", paths: [a]}', [{ ...cache, key: '$CI_COMMIT_REF_SLUG-protected', paths: ['a'] }]],
  ['{key: a, unprotect: true}', [{ ...cache, key: 'a-non_protected' }]],
  ['{untracked: true, policy: pull, when: always}', [{ ...cache, untracked: true, policy: 'pull', when: 'always' }]],
  ['{policy: $POLICY}', [{ ...cache, policy: '$POLICY' }]],
  ['{fallback_keys: [b, c]}', [{ ...cache, fallback_keys: ['b-protected', 'c-protected'] }]],
  [
    '[{key: a}, {key: b}]',
    [
      { ...cache, key: 'a-protected' },
      { ...cache, key: 'b-protected' },
    ],
  ],
  ['[]', []],
  ['{}', []],
];

describe('cache', () => {
  for (const [yaml, expected] of caches) {
    test(yaml, () => assert.deepEqual(makeJob(`a: {script: x, cache: ${yaml}}`).payload.cache, expected));
  }

  test('keys of an open branch are kept apart', () => {
    const { payload } = makeJob('a: {script: x, cache: {key: k}}', { refProtected: false });
    assert.deepEqual(
      payload.cache.map(({ key }) => key),
      ['k-non_protected'],
    );
  });
});
