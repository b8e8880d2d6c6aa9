import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accepted } from '../../../../support/job-fixture.ts';

const refused = (payload: Record<string, unknown>, message: RegExp): void => {
  assert.throws(() => accepted({ payload }), {
    name: 'JobFailure',
    reason: 'runner_system_failure',
    exitCode: 3,
    message,
  });
};

describe('refuseUnsupported', () => {
  test('run: steps', () => refused({ run: '[{"name":"s","script":"echo"}]' }, /"run:" steps/));
  test('run: "" and null are no steps', () => {
    for (const run of ['', null]) assert.equal(accepted({ payload: { run } }).spec.jobId, 4711);
  });

  test('secrets, by name', () =>
    refused({ secrets: { PASSWORD: { vault: {} }, KEY: { file: true } } }, /PASSWORD, KEY/));

  test('unknown executor options of the image', () =>
    refused(
      { image: { name: 'x', executor_opts: { docker: { platfrom: 'y', user: 'u' } } } },
      /^image .*docker\.platfrom;/,
    ));
  test('of a service, with its place', () =>
    refused(
      { services: [{ name: 'a' }, { name: 'b', executor_opts: { podman: {}, docker: { gpus: 1 } } }] },
      /^services\[1\] .*podman, docker\.gpus/,
    ));
  test('options of another executor are its business', () => {
    const image = { name: 'x', executor_opts: { kubernetes: { user: 1 }, docker: { platform: 'linux/amd64' } } };
    assert.equal(accepted({ payload: { image } }).spec.image.platform, 'linux/amd64');
  });
});

describe('unsupportedParts', () => {
  const warnings = (payload: Record<string, unknown>): readonly string[] => accepted({ payload }).warnings;
  const artifact = { name: 'a', paths: ['x'], artifact_type: 'archive', artifact_format: 'zip' };

  test('a job without them hears nothing', () => assert.deepEqual(warnings({}), []));
  for (const [what, payload, word] of [
    ['artifacts', { artifacts: [artifact] }, 'artifacts'],
    [
      'dependencies',
      { dependencies: [{ id: 1, token: 't', name: 'n', artifacts_file: { filename: 'a', size: 1 } }] },
      'dependencies',
    ],
    ['cache', { cache: [{ key: 'k', paths: ['x'], policy: 'pull-push' }] }, 'cache'],
  ] as const)
    test(`${what}: one line`, () => {
      const lines = warnings(payload);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', new RegExp(`^Not supported by this version of the agent: ${word}`));
    });
  test('entries without paths ask for nothing', () => {
    assert.deepEqual(
      warnings({ cache: [{ key: 'k', paths: [] }], dependencies: [{ id: 1, token: 't', name: 'n' }] }),
      [],
    );
  });
});
