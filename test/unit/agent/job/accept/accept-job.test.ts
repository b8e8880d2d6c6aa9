import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isTooLong } from '../../../../../agent/stages/shell-script.ts';
import { accepted, JOB_TOKEN, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';

const valueOf = (key: string, changes: JobChanges = {}): string | undefined =>
  accepted(changes).spec.environment.find((entry) => entry.key === key)?.value;
const given = (key: string, value: string): JobChanges => ({ payload: { variables: [variable(key, value)] } });

describe('variables of a job: who wins', () => {
  for (const key of ['CI_JOB_STATUS', 'CI_SERVER', 'CI_CONCURRENT_ID', 'CI_PROJECT_DIR'])
    test(`the job may set ${key}`, () => assert.equal(valueOf(key, given(key, 'mine')), 'mine'));

  for (const [key, value] of [
    ['CI_DISPOSABLE_ENVIRONMENT', 'true'],
    ['RUNNER_TEMP_PROJECT_DIR', '/builds/grp/app.tmp'],
  ] as const)
    test(`the agent keeps ${key}`, () => assert.equal(valueOf(key, given(key, 'mine')), value));
  test('the agent keeps CI_RUNNER_EXECUTABLE_ARCH', () =>
    assert.match(valueOf('CI_RUNNER_EXECUTABLE_ARCH', given('CI_RUNNER_EXECUTABLE_ARCH', 'mine')) ?? '', /^\w+\/\w+$/));

  test('environment of the runner is below the job, and expanded', () => {
    const changes = { runner: { environment: ['A=1', 'B=$A-$CI_JOB_NAME=x', 'C=1'] }, ...given('C', 'job') };
    assert.deepEqual([valueOf('A', changes), valueOf('B', changes), valueOf('C', changes)], ['1', '1-=x', 'job']);
  });

  test('feature flags of the configuration are what the job sees', () => {
    const changes = { runner: { feature_flags: { FF_TIMESTAMPS: false } }, ...given('FF_TIMESTAMPS', 'true') };
    assert.equal(valueOf('FF_TIMESTAMPS', changes), 'false');
  });

  test('git takes the work tree for safe, unless the runner or the job has other plans; services are not told', () => {
    const changes = { payload: { services: [{ name: 'redis' }] } };
    assert.equal(valueOf('GIT_CONFIG_KEY_0', changes), 'safe.directory');
    assert.ok(!accepted(changes).spec.services[0]?.environment.some((entry) => entry.startsWith('GIT_CONFIG')));
    assert.equal(valueOf('GIT_CONFIG_COUNT', given('GIT_CONFIG_COUNT', '0')), '0');
    assert.equal(valueOf('GIT_CONFIG_COUNT', { runner: { safe_directory_checkout: false } }), undefined);
  });

  test('facts about the place', () => {
    const keys = ['CI_BUILDS_DIR', 'CI_PROJECT_DIR', 'CI_CONCURRENT_ID', 'CI_CONCURRENT_PROJECT_ID', 'CI_JOB_TIMEOUT'];
    assert.deepEqual(
      keys.map((key) => valueOf(key)),
      ['/builds', '/builds/grp/app', '3', '2', '60'],
    );
    assert.deepEqual(
      ['CI_RUNNER_SHORT_TOKEN', 'CI_SERVER', 'CI_JOB_STATUS'].map((key) => valueOf(key)),
      ['Fixture12', 'yes', 'running'],
    );
  });
});

describe('acceptJob', () => {
  test('after_script is no step; other steps keep their order', () => {
    const steps = [
      { name: 'script', script: ['a'] },
      { name: 'after_script', script: ['z'] },
      { name: 'release', script: ['b'] },
    ];
    const { spec } = accepted({ payload: { steps } });
    assert.deepEqual(spec.steps, [
      { name: 'script', script: ['a'] },
      { name: 'release', script: ['b'] },
    ]);
    assert.deepEqual(spec.afterScript, ['z']);
  });

  test('secrets: job token, masked values, passwords of registries', () => {
    const payload = {
      variables: [variable('M', 'masked-value', { masked: true }), variable('O', 'open')],
      credentials: [{ type: 'registry', url: 'r', username: 'u', password: 'registry-password' }],
    };
    const { secrets } = accepted({ payload });
    assert.deepEqual(secrets.toSorted(), [JOB_TOKEN, 'masked-value', 'registry-password'].toSorted());
  });

  test('a variable that no process can be handed is warned of by name', () => {
    const { warnings } = accepted(given('BIG', 'x'.repeat(200_000)));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^Variable BIG is too long .* Use a file variable$/);
    assert.deepEqual(accepted(given('BIG', 'x'.repeat(131_071 - 4))).warnings, []);
    assert.equal(isTooLong({ key: 'BIG', value: 'x'.repeat(131_071 - 3) }), true);
    assert.equal(isTooLong({ key: 'BIG', value: 'é'.repeat(65_600) }), true);
  });

  test('shell: what the runner says, auto otherwise', () => {
    assert.deepEqual(
      ['sh', 'bash', 'pwsh', undefined].map((shell) => accepted({ runner: { shell } }).spec.shell),
      ['sh', 'bash', 'auto', 'auto'],
    );
  });

  test('values of container labels are expanded', () => {
    const { spec } = accepted({ docker: { container_labels: { 'my.key': 'x-$V' } }, ...given('V', '1') });
    assert.deepEqual(spec.containerLabels, { 'my.key': 'x-1' });
  });

  test('flags', () => {
    const flags = (key: string, value: string) => accepted(given(key, value)).spec.flags;
    const off = {
      debugTrace: false,
      debugServices: false,
      scriptSections: false,
      init: false,
      nativeStop: false,
      cleanProject: false,
      ownSources: false,
      afterScriptErrorsFail: false,
    };
    assert.deepEqual(accepted().spec.flags, off);
    assert.deepEqual(flags('CI_DEBUG_TRACE', 'true'), { ...off, debugTrace: true });
    assert.deepEqual(flags('FF_SCRIPT_SECTIONS', '1'), { ...off, scriptSections: true });
    assert.deepEqual(flags('FF_USE_INIT_WITH_DOCKER_EXECUTOR', 'true'), { ...off, init: true });
    assert.deepEqual(flags('FF_USE_NATIVE_CONTAINER_STOP', 'true'), { ...off, nativeStop: true });
    assert.deepEqual(flags('FF_ENABLE_JOB_CLEANUP', 'true'), { ...off, cleanProject: true });
    assert.deepEqual(flags('FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR', 'true'), { ...off, ownSources: true });
    assert.deepEqual(flags('AFTER_SCRIPT_IGNORE_ERRORS', 'false'), { ...off, afterScriptErrorsFail: true });
    assert.deepEqual(flags('AFTER_SCRIPT_IGNORE_ERRORS', 'nonsense'), off);
  });

  test('debug_trace_disabled wins', () => {
    const changes = { runner: { debug_trace_disabled: true }, ...given('CI_DEBUG_TRACE', 'true') };
    assert.equal(accepted(changes).spec.flags.debugTrace, false);
  });

  test('hooks of the runner', () => {
    const { hooks } = accepted({ runner: { pre_build_script: 'pre', post_build_script: 'post' } }).spec;
    assert.deepEqual(hooks, { preBuild: 'pre', postBuild: 'post' });
  });

  test('the specification is plain data', () => {
    const { spec } = accepted({ payload: { services: [{ name: 'redis' }] } });
    assert.deepEqual(structuredClone(spec), spec);
  });
});
