import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AllowedHelpers } from '../../../../../../agent/images/auth/helpers/helper-permit.ts';
import { answering, helperDir } from '../../../../../support/helper-dir.ts';
import { authSource, login, resolverOf } from '../../../../../support/resolve-auth.ts';

const REG = 'registry.example.com';
const IMAGE = `${REG}/group/app:1`;

describe("a helper that a job's own config names", () => {
  const refused: readonly (readonly [string, AllowedHelpers])[] = [
    ['by default', {}],
    ['for another registry', { 'other.example.com': ['mine'] }],
    ['under another name', { [REG]: ['pass'], '*': ['ecr-login'] }],
    ['when only a part of the registry is permitted', { [`${REG}/group`]: ['mine'] }],
    ['for a domain that it is not in', { '*.example.org': ['mine'], '*.y.example.com': ['mine'] }],
    ['for a registry whose name begins the same', { 'registry.example.co': ['mine'] }],
    ['for another port', { [`${REG}:5000`]: ['mine'] }],
  ];
  for (const [when, allowed] of refused) {
    for (const config of [{ credHelpers: { [REG]: 'mine' } }, { credsStore: 'mine' }]) {
      test(`is not run ${when}: ${Object.keys(config).join()}`, async () => {
        await using helpers = await helperDir();
        await helpers.add('mine', answering(REG, 'carol', 'pw'));
        const job = authSource('job', { ...config, auths: { [REG]: login('alice') } });
        const { users, warnings } = resolverOf([job], { env: helpers.env, allowed });
        assert.deepEqual([await users(IMAGE), await users(IMAGE)], [['alice'], ['alice']]);
        assert.deepEqual(await helpers.calls(), []);
        assert.deepEqual(warnings, [
          `job: credential helper "mine" for "${REG}" is not run: the job names it, ` +
            `and the runner's allowed_docker_credential_helpers does not permit it for ${REG}`,
        ]);
      });
    }
  }

  const permitted: readonly AllowedHelpers[] = [
    { [REG]: ['pass', 'mine'] },
    { [`https://${REG.toUpperCase()}:443/`]: ['mine'] },
    { '*': ['mine'] },
    { '*.example.com': ['mine'] },
  ];
  for (const allowed of permitted) {
    test(`is run when ${JSON.stringify(allowed)} permits it`, async () => {
      await using helpers = await helperDir();
      await helpers.add('mine', answering(REG, 'carol', 'pw'));
      const { users, warnings } = resolverOf([authSource('job', { credHelpers: { [REG]: 'mine' } })], {
        env: helpers.env,
        allowed,
      });
      assert.deepEqual([await users(IMAGE), warnings], [['carol'], []]);
    });
  }

  test('is not named in the log for images that do not need it', async () => {
    const { users, warnings } = resolverOf([authSource('job', { credHelpers: { [REG]: 'mine' } })]);
    assert.deepEqual([await users('other.example.com/app'), warnings], [[], []]);
  });
});

describe('the name of a helper', () => {
  for (const name of ['../evil', 'a/b', '/bin/sh', 'a\\b', '']) {
    test(`${JSON.stringify(name)} is refused, whoever names it`, async () => {
      for (const provenance of ['job', 'operator'] as const) {
        const { users } = resolverOf([authSource(provenance, { credHelpers: { [REG]: name } })], {
          allowed: { '*': [name] },
        });
        await assert.rejects(users(IMAGE), {
          name: 'JobFailure',
          reason: 'runner_system_failure',
          message: /path separator/,
        });
        assert.deepEqual(await users('other.example.com/app'), []);
      }
    });
  }

  test('does not matter while something better is there', async () => {
    const config = { auths: { [`${REG}/group`]: login('alice') }, credHelpers: { [REG]: 'a/b' } };
    const { users } = resolverOf([authSource('operator', config)]);
    assert.deepEqual(await users(IMAGE), ['alice']);
  });
});
