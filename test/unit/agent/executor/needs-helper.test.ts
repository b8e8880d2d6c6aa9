import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needsHelper } from '../../../../agent/executor/needs-helper.ts';
import { accepted, variable } from '../../../support/job-fixture.ts';

describe('needsHelper', () => {
  const needs = (strategy: string, volumes: string[] = [], file = false): boolean => {
    const variables = [variable('GIT_STRATEGY', strategy), ...(file ? [variable('F', 'x', { file })] : [])];
    return needsHelper(accepted({ docker: { volumes }, payload: { variables } }).spec);
  };

  for (const [strategy, expected] of [
    ['clone', true],
    ['fetch', true],
    ['none', false],
    ['empty', false],
  ] as const)
    test(`strategy ${strategy}: ${expected}`, () => assert.equal(needs(strategy), expected));

  test('file variables that go with the container need nobody', () =>
    assert.equal(needs('none', ['/cache'], true), false));
  for (const volume of ['/srv:/builds', '/srv:/builds/grp', '/builds'])
    test(`file variables on ${volume} outlive it`, () => {
      assert.deepEqual([needs('none', [volume], true), needs('none', [volume])], [true, false]);
    });
});
