import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointPath } from '#protocol/endpoints.ts';
import { parseMessage } from '#protocol/parse.ts';
import { jobRequestSchema, runnerIdentitySchema } from '#protocol/runner.ts';

describe('runner messages', () => {
  test('an identity without expiry, missing or null', () => {
    const identity = { id: 7, token: 'glrt-x' };
    assert.equal(parseMessage(runnerIdentitySchema, identity, 'identity').token_expires_at, undefined);
    const withNull = { ...identity, token_expires_at: null };
    assert.equal(parseMessage(runnerIdentitySchema, withNull, 'identity').token_expires_at, undefined);
  });

  for (const [label, value, sentence] of [
    ['no id', { token: 'glrt-x' }, 'answer to verify: id: expected a number, found nothing'],
    ['id 0', { id: 0, token: 'glrt-x' }, 'answer to verify: id: expected a number above 0, found a number'],
    ['no token', { id: 7 }, 'answer to verify: token: expected a string, found nothing'],
    ['text in place of JSON', '200', 'answer to verify: expected an object, found a string'],
  ] as const) {
    test(`an identity with ${label} is refused`, () => {
      assert.throws(() => parseMessage(runnerIdentitySchema, value, 'answer to verify'), { message: sentence });
    });
  }

  test('a job request needs no more than the token', () => {
    const { info, last_update } = parseMessage(jobRequestSchema, { token: 'glrt-x' }, 'job request');
    assert.deepEqual([info.features, info.config, last_update], [{}, { gpus: '' }, undefined]);
  });
});

describe('endpointPath', () => {
  test('fills in the id', () => {
    assert.equal(endpointPath('patchTrace', 42), '/api/v4/jobs/42/trace');
    assert.equal(endpointPath('verifyRunner'), '/api/v4/runners/verify');
  });
});
