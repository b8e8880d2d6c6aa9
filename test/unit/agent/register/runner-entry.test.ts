import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerTable, runnerEntry } from '../../../../agent/register/runner-entry.ts';

describe('dockerTable', () => {
  for (const [title, docker, volumes] of [
    ['nothing said', {}, ['/cache']],
    ['another volume', { volumes: ['/data'] }, ['/data', '/cache']],
    ['a volume that ends in /cache', { volumes: ['/host:/cache'] }, ['/host:/cache']],
    ['caching off', { disable_cache: true }, undefined],
    ['caching off, but volumes', { disable_cache: true, volumes: ['/data'] }, ['/data']],
  ] as const) {
    test(title, () => assert.deepEqual(dockerTable(docker)['volumes'], volumes));
  }
});

test('runnerEntry keeps the order in which entries are written', () => {
  const settings = { name: 'n', executor: 'docker', limit: 2, docker: { image: 'x' } };
  const identity = { id: 7, token: 't', token_expires_at: '2027-01-01T00:00:00.000Z' };
  const now = new Date('2026-11-21T04:01:21Z');
  const entry = runnerEntry(settings, 'http://u', identity, now);
  const order = ['name', 'url', 'id', 'token', 'token_obtained_at', 'token_expires_at', 'executor', 'limit', 'docker'];
  assert.deepEqual(Object.keys(entry), order);
  assert.deepEqual([entry['token_obtained_at'], entry['token_expires_at']], [now, new Date('2027-01-01T00:00:00Z')]);
});
