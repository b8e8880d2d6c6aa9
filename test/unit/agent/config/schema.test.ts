import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configSchema, type Config } from '../../../../agent/config/schema.ts';
import type { DockerConfig } from '../../../../agent/config/schema/docker.ts';

const identity = { name: 'a', url: 'http://x', token: 'glrt-1' };

function parseConfig(config: object): Config {
  return configSchema.parse(config);
}

function parseDocker(docker: object): DockerConfig {
  const [runner] = parseConfig({ runners: [{ ...identity, docker }] }).runners;
  assert.ok(runner !== undefined);
  return runner.docker;
}

describe('defaults of the config file', () => {
  test('an empty file', () => {
    const { concurrent, check_interval, shutdown_timeout, log_level, log_format, runners } = parseConfig({});
    assert.deepEqual([concurrent, check_interval, shutdown_timeout], [1, 3, 30]);
    assert.deepEqual([log_level, log_format, runners], ['info', 'runner', []]);
  });

  test('zero and less mean the default where zero makes no sense', () => {
    const runner = { ...identity, request_concurrency: 0, output_limit: -1, unhealthy_requests_limit: 0 };
    const { check_interval, shutdown_timeout, runners } = parseConfig({
      check_interval: -1,
      shutdown_timeout: 0,
      runners: [runner],
    });
    assert.deepEqual([check_interval, shutdown_timeout], [3, 30]);
    const [entry] = runners;
    assert.deepEqual([entry?.request_concurrency, entry?.output_limit, entry?.unhealthy_requests_limit], [1, 4096, 3]);
  });

  test('an entry without more than its identity', () => {
    const [entry] = parseConfig({ runners: [identity] }).runners;
    assert.ok(entry !== undefined);
    const { executor, limit, builds_dir, cache_dir, unhealthy_interval, custom_build_dir, clone_url } = entry;
    assert.deepEqual([executor, limit, builds_dir, cache_dir], ['docker', 0, '/builds', '/cache']);
    assert.deepEqual([unhealthy_interval, custom_build_dir.enabled, clone_url], [3_600_000, true, undefined]);
  });

  for (const [written, ms] of [
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    [5_000_000_000, 5000],
  ] as const) {
    test(`a duration of ${written} is ${ms} ms`, () => {
      const [entry] = parseConfig({ runners: [{ ...identity, prepare_timeout: written }] }).runners;
      assert.equal(entry?.prepare_timeout, ms);
    });
  }
});

describe('[runners.docker]', () => {
  for (const [title, docker, expected] of [
    ['nothing said', {}, { pull_policy: [], allowed_pull_policies: ['always'] }],
    ['one policy', { pull_policy: 'never' }, { pull_policy: ['never'], allowed_pull_policies: ['never'] }],
    ['a list of policies', { pull_policy: ['always', 'never'] }, { pull_policy: ['always', 'never'] }],
    ['an empty list of policies', { pull_policy: [] }, { pull_policy: [], allowed_pull_policies: ['always'] }],
    [
      'allowed policies of their own',
      { pull_policy: 'never', allowed_pull_policies: ['always'] },
      { pull_policy: ['never'], allowed_pull_policies: ['always'] },
    ],
    ['no time for services', {}, { wait_for_services_timeout: 30 }],
    ['0 s for services', { wait_for_services_timeout: 0 }, { wait_for_services_timeout: 30 }],
    ['no waiting for services', { wait_for_services_timeout: -1 }, { wait_for_services_timeout: -1 }],
    ['services_privileged unsaid', {}, { services_privileged: undefined, privileged: false }],
    ['services_privileged off', { services_privileged: false }, { services_privileged: false }],
    ['an empty string is absent', { image: '', user: '' }, { image: undefined, user: undefined }],
    [
      'services',
      { services: [{ name: 'redis' }] },
      { services: [{ name: 'redis', entrypoint: [], command: [], environment: [] }] },
    ],
  ] as const) {
    test(title, () => {
      const parsed: Record<string, unknown> = parseDocker(docker);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(parsed[key], value, key);
    });
  }
});
