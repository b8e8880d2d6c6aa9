import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkConfig } from '../../../../../agent/config/check/check-config.ts';
import { formatProblem } from '../../../../../agent/config/config-error.ts';
import { valueProblems } from '../../../../../agent/doctor/values/value-problems.ts';
import { REFUSED_VALUES } from '../../../../support/docker-keys/refused-values.ts';

const HEAD = ['[[runners]]', 'name = "one"', 'url = "https://gitlab.example.com"', 'token = "glrt-x"'];

function problems(...lines: string[]): string[] {
  const text = [...HEAD, ...lines].join('\n');
  const { config } = checkConfig(text);
  assert.ok(config !== undefined);
  return valueProblems(text, config).map((problem) => formatProblem('c.toml', problem));
}

describe('valueProblems', () => {
  test('each bad value with its place, good ones in silence', () =>
    assert.deepEqual(
      problems('[runners.docker]', 'cpus = "2"', 'memory = "lots"', 'image = "ruby:3"', 'dns = ["here"]'),
      [
        'c.toml:7:1: memory = "lots" in [runners.docker]: expected a size such as 512m or 2g (b, k, m, g) (in [[runners]] "one")',
        'c.toml:9:1: dns = "here" in [runners.docker]: expected an IP address (in [[runners]] "one")',
      ].toSorted(),
    ));

  for (const { config, sentence } of REFUSED_VALUES.filter((value) => !value.config.includes('\n')))
    test(config, () => {
      const found = problems('[runners.docker]', config);
      assert.equal(found.length, 1);
      assert.ok(found[0]?.startsWith(`c.toml:6:1: ${sentence}`), found.join());
    });

  for (const line of [
    'volumes = ["/$CI_PROJECT_NAME"]',
    'allowed_pull_policies = ["never"]',
    'allowed_images = ["ruby:*"]',
    'allowed_users = ["app"]',
    'services_limit = 0',
    'cache_dir = "/srv"',
    'user = "app"',
  ])
    test(`${line} is not judged without a job, or is good`, () =>
      assert.deepEqual(problems('[runners.docker]', line), []));

  test('another executor is not judged', () =>
    assert.deepEqual(problems('executor = "shell"', '[runners.docker]', 'memory = "lots"'), []));

  test('the example has none', async () => {
    const text = await readFile(join(import.meta.dirname, '../../../../../config.example.toml'), 'utf8');
    const { config } = checkConfig(text, { GITLAB_RUNNER_TOKEN: 'glrt-x' });
    assert.deepEqual(config === undefined ? 'no config' : valueProblems(text, config), []);
  });
});
