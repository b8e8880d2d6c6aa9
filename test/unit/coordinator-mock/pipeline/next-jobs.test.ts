import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextJobs } from '../../../../coordinator-mock/pipeline/next-jobs.ts';
import {
  pipelineState,
  type CombinedState,
  type JobState,
  type JobStatus,
} from '../../../../coordinator-mock/pipeline/pipeline-state.ts';
import { makePipeline } from '../../../support/make-pipeline.ts';

/** `success`, or `failed:3` with an exit code. */
type Written = JobState | `failed:${number}`;

interface Case {
  readonly title: string;
  readonly yaml: string;
  /** Jobs that are not named are `created`. */
  readonly states?: Readonly<Record<string, Written>>;
  readonly next: Partial<Record<'pending' | 'skipped' | 'manual', string[]>>;
  readonly state?: CombinedState;
}

function toStatuses(states: Readonly<Record<string, Written>>): Map<string, JobStatus> {
  return new Map(
    Object.entries(states).map(([name, written]) => {
      const [state, code] = written.split(':');
      return [name, { state: state as JobState, exitCode: code === undefined ? undefined : Number(code) }];
    }),
  );
}

const threeStages = `
b1: {stage: build, script: x}
b2: {stage: build, script: x}
t: {stage: test, script: x}
d: {stage: deploy, script: x}
`;
const handlers = `
b: {stage: build, script: x}
t: {stage: test, script: x}
broken: {stage: deploy, script: x, when: on_failure}
tidy: {stage: deploy, script: x, when: always}
`;
const dag = `
b1: {stage: build, script: x}
b2: {stage: build, script: x}
t1: {stage: test, script: x, needs: [b1]}
t2: {stage: test, script: x, needs: [t1, b2]}
free: {stage: deploy, script: x, needs: []}
d: {stage: deploy, script: x}
`;
const codes = `
b: {stage: build, script: x, allow_failure: {exit_codes: [3, 4]}}
t: {stage: test, script: x}
`;
const manual = `
ask: {stage: build, script: x, when: manual}
t: {stage: test, script: x}
after: {stage: test, script: x, needs: [ask]}
`;
const blocking = `
ask: {stage: build, script: x, when: manual, allow_failure: false}
t: {stage: test, script: x}
`;

const cases: readonly Case[] = [
  { title: 'the first stage starts', yaml: threeStages, next: { pending: ['b1', 'b2'] }, state: 'created' },
  {
    title: 'a stage waits for all of the one before',
    yaml: threeStages,
    states: { b1: 'success', b2: 'running' },
    next: {},
    state: 'running',
  },
  {
    title: 'the next stage starts',
    yaml: threeStages,
    states: { b1: 'success', b2: 'success' },
    next: { pending: ['t'] },
  },
  {
    title: 'a failure skips all later stages at once',
    yaml: threeStages,
    states: { b1: 'failed', b2: 'success' },
    next: { skipped: ['t', 'd'] },
  },
  {
    title: 'a failure waits for its stage',
    yaml: threeStages,
    states: { b1: 'failed', b2: 'running' },
    next: {},
    state: 'running',
  },
  {
    title: 'a cancel skips what has not started',
    yaml: threeStages,
    states: { b1: 'canceled', b2: 'success' },
    next: { skipped: ['t', 'd'] },
  },
  {
    title: 'canceling is not over yet',
    yaml: threeStages,
    states: { b1: 'canceling', b2: 'success' },
    next: {},
    state: 'running',
  },
  {
    title: 'on_failure is skipped without one, always runs',
    yaml: handlers,
    states: { b: 'success', t: 'success' },
    next: { pending: ['tidy'], skipped: ['broken'] },
  },
  {
    title: 'on_failure and always run after a failure, past a skipped job',
    yaml: handlers,
    states: { b: 'failed' },
    next: { skipped: ['t'], pending: ['broken', 'tidy'] },
  },
  { title: 'needs start without their stage, [] at once', yaml: dag, next: { pending: ['b1', 'b2', 'free'] } },
  {
    title: 'needs wait for their own jobs only',
    yaml: dag,
    states: { b1: 'success', b2: 'running', free: 'success' },
    next: { pending: ['t1'] },
  },
  {
    title: 'a need that failed skips along the chain',
    yaml: dag,
    states: { b1: 'failed', b2: 'success', free: 'success' },
    next: { skipped: ['t1', 't2', 'd'] },
  },
  {
    title: 'one skipped need is enough, while others still run',
    yaml: dag,
    states: { b1: 'failed', b2: 'running', t1: 'skipped', free: 'success' },
    next: { skipped: ['t2'] },
  },
  { title: 'an allowed exit code counts as success', yaml: codes, states: { b: 'failed:4' }, next: { pending: ['t'] } },
  { title: 'another exit code does not', yaml: codes, states: { b: 'failed:1' }, next: { skipped: ['t'] } },
  { title: 'a failure without exit code does not', yaml: codes, states: { b: 'failed' }, next: { skipped: ['t'] } },
  {
    title: 'nobody waits for a manual job, but what needs it is skipped',
    yaml: manual,
    next: { manual: ['ask'], pending: ['t'], skipped: ['after'] },
  },
  {
    title: 'a manual job that was played counts like any other',
    yaml: manual,
    states: { ask: 'success', t: 'success' },
    next: { pending: ['after'] },
  },
  {
    title: 'a manual job that must not fail holds up the later stages',
    yaml: blocking,
    next: { manual: ['ask'] },
    state: 'created',
  },
  {
    title: 'and the pipeline waits for a person',
    yaml: blocking,
    states: { ask: 'manual' },
    next: {},
    state: 'manual',
  },
  {
    title: 'a job with needs on a failed job and when: always runs',
    yaml: 'a: {script: x}\nb: {script: x, needs: [a], when: always}\n',
    states: { a: 'failed' },
    next: { pending: ['b'] },
  },
  {
    title: 'all parts of a parallel job are needed',
    yaml: 'a: {script: x, parallel: 2}\nb: {script: x, needs: [a]}\n',
    states: { 'a 1/2': 'success', 'a 2/2': 'running' },
    next: {},
  },
];

describe('nextJobs', () => {
  for (const { title, yaml, states = {}, next, state } of cases) {
    test(title, () => {
      const pipeline = makePipeline(yaml);
      const statuses = toStatuses(states);
      assert.deepEqual(nextJobs(pipeline, statuses), { pending: [], skipped: [], manual: [], ...next });
      if (state !== undefined) assert.equal(pipelineState(pipeline, statuses), state);
    });
  }

  test('leaves the statuses that it was given alone', () => {
    const statuses = toStatuses({ b1: 'failed', b2: 'success' });
    nextJobs(makePipeline(threeStages), statuses);
    assert.deepEqual([...statuses.keys()], ['b1', 'b2']);
  });
});
