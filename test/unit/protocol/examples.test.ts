import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { z } from 'zod';
import { jobPayloadSchema } from '#protocol/job.ts';
import { jobUpdateRequestSchema } from '#protocol/job-update.ts';
import { parseMessage } from '#protocol/parse.ts';
import {
  jobRequestSchema,
  registerRequestSchema,
  resetTokenRequestSchema,
  runnerIdentitySchema,
  tokenResetSchema,
  unregisterManagerRequestSchema,
  unregisterRunnerRequestSchema,
  verifyRequestSchema,
} from '#protocol/runner.ts';

const folder = join(import.meta.dirname, '../../../protocol/examples');
const schemas: Record<string, z.ZodType> = {
  'register-request': registerRequestSchema,
  'verify-request': verifyRequestSchema,
  'runner-identity': runnerIdentitySchema,
  'reset-token-request': resetTokenRequestSchema,
  'token-reset': tokenResetSchema,
  'unregister-runner-request': unregisterRunnerRequestSchema,
  'unregister-manager-request': unregisterManagerRequestSchema,
  'job-request': jobRequestSchema,
  'job-payload': jobPayloadSchema,
  'job-update-running': jobUpdateRequestSchema,
  'job-update-failed': jobUpdateRequestSchema,
  'job-update-success': jobUpdateRequestSchema,
};

/** The message without what parsing drops on purpose: nulls. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function assertHolds(parsed: unknown, original: unknown, path: string): void {
  if (typeof original !== 'object' || original === null) {
    assert.equal(parsed, original, path);
    return;
  }
  assert.ok(typeof parsed === 'object' && parsed !== null, path);
  for (const [key, item] of Object.entries(original)) assertHolds(Reflect.get(parsed, key), item, `${path}.${key}`);
}

/** Fields of the example that the agent has no use for, and the one that changes its type. */
const dropped = new Set(['runner_session_url', 'id']);

describe('example payloads', () => {
  test('there is one per message', () => {
    assert.deepEqual(
      readdirSync(folder).toSorted(),
      Object.keys(schemas)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });

  for (const [name, schema] of Object.entries(schemas)) {
    test(`${name} parses and keeps its fields`, () => {
      const original: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'), function (key, value) {
        if (key === 'user' && value === 1000) return '1000';
        return dropped.has(key) && 'project_id' in this ? undefined : key === 'runner_session_url' ? undefined : value;
      });
      assertHolds(parseMessage(schema, original, name), withoutNulls(original), name);
    });
  }
});
