import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { featureFlag, parseBoolean } from '../../../../../agent/job/variables/feature-flags.ts';

describe('parseBoolean', () => {
  for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True'])
    test(`${text} is true`, () => assert.equal(parseBoolean(text), true));
  for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False'])
    test(`${text} is false`, () => assert.equal(parseBoolean(text), false));
  for (const text of ['', 'yes', 'on', 'tRue', ' true', '2', 'blammo'])
    test(`${JSON.stringify(text)} is neither`, () => assert.equal(parseBoolean(text), undefined));
});

describe('featureFlag', () => {
  test('config.toml beats the job, which beats the default', () => {
    assert.equal(featureFlag('FF_TIMESTAMPS', {}, ''), true);
    assert.equal(featureFlag('FF_TIMESTAMPS', {}, 'false'), false);
    assert.equal(featureFlag('FF_TIMESTAMPS', { FF_TIMESTAMPS: true }, 'false'), true);
    assert.equal(featureFlag('FF_NETWORK_PER_BUILD', { FF_NETWORK_PER_BUILD: false }, 'true'), false);
  });

  test('what is no boolean counts as unset', () => {
    assert.equal(featureFlag('FF_TIMESTAMPS', {}, 'banana'), true);
    assert.equal(featureFlag('FF_SCRIPT_SECTIONS', {}, 'banana'), false);
  });

  test('a flag that nobody knows is off', () => assert.equal(featureFlag('FF_UNHEARD_OF', {}, ''), false));
});
