import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobOf, makeJob, makePipeline, valueOf } from '../../../../support/make-pipeline.ts';

const scriptOf = (yaml: string, name?: string) => jobOf(makePipeline(yaml), name).payload.steps[0]?.script;

describe('extends', () => {
  test('merges maps to any depth, replaces lists, and the job wins', () => {
    const job = makeJob(`
.base:
  tags: [a]
  variables: {A: base, B: base}
  image: {name: busybox, docker: {user: root, platform: linux/amd64}}
  script: base
job:
  extends: .base
  tags: [b]
  variables: {B: job}
  image: {docker: {user: me}}
`);
    assert.deepEqual(job.tags, ['b']);
    assert.equal(valueOf(job, 'A'), 'base');
    assert.equal(valueOf(job, 'B'), 'job');
    assert.deepEqual(job.payload.image?.executor_opts, { docker: { user: 'me', platform: 'linux/amd64' } });
    assert.equal(job.payload.image.name, 'busybox');
  });

  test('several parents, the later one over the earlier, through grandparents', () => {
    const yaml = `
.a: {script: a, variables: {X: a, Y: a, Z: a}}
.b: {extends: .a, variables: {Y: b}}
.c: {variables: {Z: c}}
job: {extends: [.b, .c]}
`;
    const job = makeJob(yaml);
    assert.deepEqual(
      ['X', 'Y', 'Z'].map((key) => valueOf(job, key)),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(scriptOf(yaml), ['a']);
  });

  test('an empty keyword takes the parent’s away', () => {
    assert.equal(makeJob('.a: {script: x, timeout: 5m}\njob: {extends: .a, timeout: }\n').timeoutSeconds, undefined);
  });

  test('a visible job may be a parent', () => {
    assert.deepEqual(scriptOf('a: {script: x}\nb: {extends: a}\n', 'b'), ['x']);
  });
});

describe('!reference', () => {
  test('in scripts, variables and rules, and to another reference', () => {
    const job = makeJob(`
.one: {script: [a, b]}
.two:
  script: [!reference [.one, script], c]
  variables: {A: two}
  rules: [{if: $NO}]
job:
  variables: !reference [.two, variables]
  rules: [!reference [.two, rules], {when: always}]
  before_script: !reference [.one, script]
  script: [!reference [.two, script], d]
`);
    assert.deepEqual(job.payload.steps[0]?.script, ['a', 'b', 'a', 'b', 'c', 'd']);
    assert.equal(valueOf(job, 'A'), 'two');
    assert.equal(job.when, 'always');
  });

  test('sees what extends brought in', () => {
    assert.deepEqual(scriptOf('.a: {script: x}\n.b: {extends: .a}\njob: {script: !reference [.b, script]}\n'), ['x']);
  });

  test('to one variable', () => {
    const job = makeJob('.a: {variables: {V: one}}\njob: {script: x, variables: {W: !reference [.a, variables, V]}}\n');
    assert.equal(valueOf(job, 'W'), 'one');
  });
});

test('references that multiply each other are refused', () => {
  const row = (i: number) => Array(10).fill(`!reference [.x${i}, v]`).join(', ');
  const rows = Array.from({ length: 8 }, (_, i) => `.x${i + 1}: {v: [${row(i)}]}`);
  const yaml = `.x0: {v: [a]}\n${rows.join('\n')}\njob: {script: !reference [.x8, v]}\n`;
  assert.throws(() => makePipeline(yaml), { message: /more than 200000 values after following `!reference`/ });
});

describe('anchors and merge keys', () => {
  test('an alias, and << with keys below it', () => {
    const job = makeJob(`
.base: &base
  tags: [a]
  script: [&line echo, b]
job:
  <<: *base
  script: [*line]
`);
    assert.deepEqual(job.tags, ['a']);
    assert.deepEqual(job.payload.steps[0]?.script, ['echo']);
  });

  test('of several maps in one << the first wins', () => {
    const job = makeJob('.a: &a {tags: [a]}\n.b: &b {tags: [b], script: x}\njob:\n  <<: [*a, *b]\n');
    assert.deepEqual(job.tags, ['a']);
  });

  test('aliases that multiply each other are refused', () => {
    const rows = Array.from({ length: 8 }, (_, i) => `.x${i + 1}: &x${i + 1} [${Array(10).fill(`*x${i}`).join(', ')}]`);
    const yaml = `.x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n${rows.join('\n')}\njob: {script: *x8}\n`;
    assert.throws(() => makePipeline(yaml), { message: /more than 200000 values after following the aliases/ });
  });

  test('words are read as GitLab reads them', () => {
    const job = makeJob('on: {script: [y, n, "no"], interruptible: yes, variables: {A: 0x10, B: 010, C: 2026-01-02}}');
    assert.equal(job.name, 'on');
    assert.deepEqual(job.payload.steps[0]?.script, ['y', 'n', 'no']);
    assert.deepEqual(
      ['A', 'B', 'C'].map((key) => valueOf(job, key)),
      ['16', '8', '2026-01-02'],
    );
  });
});
