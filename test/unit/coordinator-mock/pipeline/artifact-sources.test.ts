import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { artifactSources } from '../../../../coordinator-mock/pipeline/artifact-sources.ts';
import { jobOf, makePipeline } from '../../../support/make-pipeline.ts';

const earlier = `
b2: {stage: build, script: x}
b1: {stage: build, script: x, parallel: 2}
pre: {stage: .pre, script: x}
t: {stage: test, script: x}
`;

/** What the job `job` of the last stage says, and whose artifacts it gets. */
const cases: readonly (readonly [says: string, sources: string[]])[] = [
  ['', ['pre', 'b2', 'b1 1/2', 'b1 2/2', 't']],
  ['dependencies: [t, b1]', ['b1 1/2', 'b1 2/2', 't']],
  ['dependencies: []', []],
  ['needs: [b1, t]', ['b1 1/2', 'b1 2/2', 't']],
  ['needs: []', []],
  ['needs: [{job: b1, artifacts: false}, t]', ['t']],
  ['needs: [b1, t], dependencies: [t]', ['t']],
  ['needs: [{job: gone, optional: true}, b2]', ['b2']],
];

describe('artifactSources', () => {
  for (const [says, sources] of cases) {
    test(says === '' ? 'all earlier stages' : says, () => {
      const pipeline = makePipeline(`${earlier}job: {stage: deploy, script: x, ${says}}\n`);
      assert.deepEqual(artifactSources(pipeline, jobOf(pipeline, 'job')), sources);
    });
  }
});
