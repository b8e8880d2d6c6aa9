import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { jobPayloadSchema } from '#protocol/job.ts';
import { artifactSources } from '../../../../coordinator-mock/pipeline/artifact-sources.ts';
import { nextJobs } from '../../../../coordinator-mock/pipeline/next-jobs.ts';
import { pipelineState, type JobStatus } from '../../../../coordinator-mock/pipeline/pipeline-state.ts';
import type { Pipeline } from '../../../../coordinator-mock/pipeline/pipeline.ts';
import { jobOf, makePipeline, valueOf } from '../../../support/make-pipeline.ts';

const text = readFileSync(new URL('example.gitlab-ci.yml', import.meta.url), 'utf8');
const pipeline = makePipeline(text);
const names = ({ jobs }: Pipeline) => jobs.map(({ name }) => name);

/** Lets all jobs run to their end, wave by wave; `failing` names those that fail, with their exit codes. */
function runThrough(run: Pipeline, failing: Readonly<Record<string, number>>): { waves: string[][]; end: string } {
  const statuses = new Map<string, JobStatus>();
  const waves: string[][] = [];
  for (let next = nextJobs(run, statuses); ; next = nextJobs(run, statuses)) {
    for (const name of next.skipped) statuses.set(name, { state: 'skipped' });
    for (const name of next.manual) statuses.set(name, { state: 'manual' });
    if (next.pending.length === 0) return { waves, end: pipelineState(run, statuses) };
    waves.push([...next.pending]);
    for (const name of next.pending) {
      const exitCode = failing[name];
      statuses.set(name, exitCode === undefined ? { state: 'success' } : { state: 'failed', exitCode });
    }
  }
}

describe('a job file of an application', () => {
  test('gives the jobs of a branch, in the order of the stages', () => {
    assert.deepEqual(names(pipeline), [
      'install',
      'lint',
      'unit 1/3',
      'unit 2/3',
      'unit 3/3',
      'bundle',
      'release',
      'rollback',
      'notify',
    ]);
    assert.deepEqual(pipeline.stages, ['prepare', 'verify', 'package', 'publish', '.post']);
    assert.equal(jobOf(pipeline, 'release').when, 'on_success');
  });

  test('gives other jobs for a tag, and with other variables', () => {
    const tagged = makePipeline(text, { ref: 'v1.2.3', refType: 'tag' });
    assert.equal(jobOf(tagged, 'release').when, 'manual');
    assert.equal(valueOf(jobOf(tagged, 'release'), 'CHANNEL'), 'stable');
    assert.ok(!names(makePipeline(text, { ref: 'next' })).includes('release'));
    const translated = makePipeline(text, { variables: [{ key: 'TRANSLATE', value: 'yes' }] });
    assert.deepEqual(
      jobOf(translated, 'bundle').needs?.map(({ job }) => job),
      ['unit 1/3', 'unit 2/3', 'unit 3/3', 'translations'],
    );
  });

  test('gives payload parts that a runner can read, with everything in its place', () => {
    for (const { payload } of pipeline.jobs) {
      jobPayloadSchema.pick({ steps: true, image: true, services: true, artifacts: true }).parse(payload);
      jobPayloadSchema.pick({ cache: true, variables: true, hooks: true }).parse(payload);
    }
    const { payload, retry, tags, timeoutSeconds } = jobOf(pipeline, 'unit 2/3');
    assert.equal(payload.image?.name, '$NODE_IMAGE');
    assert.deepEqual(
      payload.services.map(({ name, alias }) => [name, alias]),
      [
        ['postgres:17', 'db'],
        ['redis:7', undefined],
      ],
    );
    assert.deepEqual(
      payload.steps.map(({ name, script, timeout }) => [name, script, timeout]),
      [
        [
          'script',
          ['node --version', 'npm ci --cache .npm', 'npm test -- --shard=$CI_NODE_INDEX/$CI_NODE_TOTAL'],
          1200,
        ],
        ['after_script', ['cp -r logs out/'], 300],
      ],
    );
    assert.deepEqual(
      payload.artifacts.map(({ artifact_type, artifact_format }) => `${artifact_type} ${artifact_format}`),
      ['archive zip', 'junit gzip', 'cobertura gzip'],
    );
    assert.deepEqual(
      payload.cache.map(({ key, policy, fallback_keys }) => [key, policy, fallback_keys]),
      [['npm-$CI_COMMIT_REF_SLUG-protected', 'pull', ['npm-main-protected']]],
    );
    assert.deepEqual([retry.max, tags, timeoutSeconds], [2, ['docker'], 1200]);
    assert.equal(jobOf(pipeline, 'install').payload.cache[0]?.policy, 'pull-push');
  });

  test('gives variables that are expanded, but for the raw one', () => {
    const job = jobOf(pipeline, 'unit 2/3');
    assert.equal(valueOf(job, 'DATABASE_URL'), 'postgres://app:only-for-tests@db/app');
    assert.equal(valueOf(job, 'PRICE_FORMAT'), '$0.00');
    assert.equal(valueOf(job, 'CI_NODE_INDEX'), '2');
  });

  test('runs to its end', () => {
    assert.deepEqual(runThrough(pipeline, {}), {
      waves: [['install', 'lint'], ['unit 1/3', 'unit 2/3', 'unit 3/3'], ['bundle'], ['release'], ['notify']],
      end: 'success',
    });
  });

  test('passes over an allowed exit code', () => {
    assert.equal(runThrough(pipeline, { lint: 2 }).end, 'success');
    assert.equal(runThrough(pipeline, { lint: 1 }).end, 'failed');
  });

  test('rolls back and notifies after a failure', () => {
    assert.deepEqual(runThrough(pipeline, { 'unit 3/3': 1 }), {
      waves: [['install', 'lint'], ['unit 1/3', 'unit 2/3', 'unit 3/3'], ['rollback'], ['notify']],
      end: 'failed',
    });
  });

  test('says whose artifacts a job gets', () => {
    assert.deepEqual(artifactSources(pipeline, jobOf(pipeline, 'release')), ['bundle']);
    assert.deepEqual(artifactSources(pipeline, jobOf(pipeline, 'bundle')), []);
  });

  test('warns of what has no effect', () => {
    assert.deepEqual(pipeline.warnings, [
      '.gitlab-ci.yml:26:18: `interruptible` has no effect here: nothing cancels running pipelines',
      '.gitlab-ci.yml:77:13: `coverage` has no effect here: the coverage is not computed',
    ]);
  });
});

test('the same input gives the same pipeline', () => {
  assert.deepEqual(makePipeline(text), pipeline);
});
