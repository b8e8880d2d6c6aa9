import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeJob } from '../../../../support/make-pipeline.ts';

const scripts: readonly (readonly [title: string, yaml: string, lines: string[]])[] = [
  ['a string', 'script: make', ['make']],
  ['a list', 'script: [a, b]', ['a', 'b']],
  ['lists in lists', 'script: [a, [b, [c]], d]', ['a', 'b', 'c', 'd']],
  ['a block', 'script: |\n    for i in 1 2; do\n      echo $i\n    done', ['for i in 1 2; do\n  echo $i\ndone\n']],
  ['before_script comes first', 'before_script: [a]\n  script: [b]', ['a', 'b']],
];

describe('script', () => {
  for (const [title, yaml, lines] of scripts) {
    test(title, () => {
      const { steps } = makeJob(`a:\n  ${yaml}\n`).payload;
      assert.deepEqual(steps, [
        { name: 'script', script: lines, timeout: 3600, when: 'on_success', allow_failure: false },
      ]);
    });
  }

  test('after_script is a step of its own that may fail', () => {
    const { steps } = makeJob('a: {script: x, after_script: [y, z], timeout: 10m}').payload;
    assert.deepEqual(steps, [
      { name: 'script', script: ['x'], timeout: 600, when: 'on_success', allow_failure: false },
      { name: 'after_script', script: ['y', 'z'], timeout: 300, when: 'always', allow_failure: true },
    ]);
  });

  test('hooks', () => {
    const { hooks } = makeJob('a: {script: x, hooks: {pre_get_sources_script: [y]}}').payload;
    assert.deepEqual(hooks, [{ name: 'pre_get_sources_script', script: ['y'] }]);
  });
});
