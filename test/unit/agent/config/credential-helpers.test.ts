import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConfig } from '../../../../agent/config/check/check-config.ts';
import { joinAllowedHelpers } from '../../../../agent/config/schema/credential-helpers.ts';

const entry = '[[runners]]\nname = "a"\nurl = "https://gitlab.example.com"\ntoken = "glrt-x"\n';

function permitted(lines: string): unknown {
  const { config, errors } = checkConfig(entry + lines);
  const [runner] = config?.runners ?? [];
  if (runner === undefined) return errors.map(({ message }) => message);
  return joinAllowedHelpers(runner.allowed_docker_credential_helpers, runner.docker.allowed_docker_credential_helpers);
}

test('allowed_docker_credential_helpers is a list or a table, of the entry or of its docker table', () => {
  assert.deepEqual(permitted(''), {});
  assert.deepEqual(permitted('allowed_docker_credential_helpers = ["pass"]'), { '*': ['pass'] });
  assert.deepEqual(permitted('[runners.docker]\nallowed_docker_credential_helpers = ["pass"]'), { '*': ['pass'] });
  assert.deepEqual(
    permitted(
      '[runners.allowed_docker_credential_helpers]\n"r.example.com" = ["pass", "mine"]\n"s.example.com" = "one"',
    ),
    { 'r.example.com': ['pass', 'mine'], 's.example.com': ['one'] },
  );
  assert.deepEqual(
    permitted('allowed_docker_credential_helpers = ["a"]\n[runners.docker]\nallowed_docker_credential_helpers = ["b"]'),
    { '*': ['a', 'b'] },
  );
});

test('anything else is an error that says what is expected', () => {
  for (const wrong of ['5', 'true', '[5]', '{ "r.example.com" = 5 }'])
    assert.match(JSON.stringify(permitted(`allowed_docker_credential_helpers = ${wrong}`)), /expected .*list/, wrong);
});
