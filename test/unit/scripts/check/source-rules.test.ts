import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findRuleBreaks, findStrayTests, type SourceFile } from '../../../../scripts/check/source-rules.ts';

function file(path: string, text = ''): SourceFile {
  return { path, text };
}

function imports(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `part-${String(index)}`);
  return names.map((name) => `import { a } from './${name}.ts';\n`).join('');
}

describe('findRuleBreaks', () => {
  test('thirteen files crowd a folder, twelve do not', () => {
    const files = Array.from({ length: 13 }, (_, index) => file(`agent/job/f${String(index)}.ts`));
    assert.deepEqual(findRuleBreaks(files.slice(1)), []);
    assert.deepEqual(findRuleBreaks(files), ['agent/job/: 13 files, at most 12']);
  });

  test('packages and repeated paths are no further local imports', () => {
    const text = `import fs from 'node:fs';\nimport {\n  a,\n} from './part-0.ts';\n${imports(12)}`;
    assert.deepEqual(findRuleBreaks([file('agent/job/a.ts', text)]), []);
  });

  test('local imports are counted in every form, types and commands aside', () => {
    const types = `import type { T } from './types-0.ts';\nimport type {\n  U,\n} from './types-1.ts';\n`;
    const text = `${types}import {\n  a,\n} from '#protocol/job.ts';\nimport './effect.ts';\n${imports(11)}`;
    assert.deepEqual(findRuleBreaks([file('agent/job/a.ts', text)]), ['agent/job/a.ts: 13 local imports, at most 12']);
    assert.deepEqual(findRuleBreaks([file('agent/commands/a.ts', text)]), []);
  });

  const refused: [why: string, found: SourceFile][] = [
    ['drawer', file('agent/job/index.ts')],
    ['drawer', file('agent/job/utils.ts')],
    ['re-exports', file('agent/job/a.ts', `export { b } from './b.ts';`)],
    ['re-exports', file('agent/job/a.ts', `export type {\n  B,\n} from './b.ts';`)],
    ['mutable state', file('agent/job/a.ts', 'let count = 0;')],
    ['exemptions', file('agent/job/a.ts', '/* oxlint-disable max-lines */')],
  ];
  for (const [why, found] of refused) {
    test(`refused: ${why} in ${found.path} "${found.text.slice(0, 20)}"`, () => {
      const breaks = findRuleBreaks([found]);
      assert.equal(breaks.length, 1);
      assert.match(breaks[0] ?? '', new RegExp(why));
    });
  }

  test('local variables may change', () => {
    assert.deepEqual(findRuleBreaks([file('agent/job/a.ts', 'function f() {\n  let n = 0;\n}\nexport { f };')]), []);
  });
});

describe('findStrayTests', () => {
  test('a test lies in the folder of a source', () => {
    const paths = ['agent', 'agent/job', 'agent/job/run-job.ts', 'protocol'];
    const stray = 'test/unit/agent/jobs/run-job.test.ts';
    const tests = ['test/unit/agent/job/run-job.test.ts', 'test/unit/protocol/examples.test.ts', stray];
    assert.deepEqual(findStrayTests(tests, paths), [
      `${stray}: no source folder has this path; test/unit/ mirrors the sources`,
    ]);
  });
});
