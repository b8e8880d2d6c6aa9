import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '../../../../agent/common/errors/usage-error.ts';
import { chooseRegistration } from '../../../../agent/register/registration.ts';

describe('chooseRegistration', () => {
  test('an authentication token', () => {
    assert.deepEqual(chooseRegistration({ token: 'glrt-a' }, {}), { kind: 'authentication-token', token: 'glrt-a' });
  });

  test('an authentication token in the place of a registration token: attributes are left out', () => {
    const registration = chooseRegistration({ registrationToken: 'glrt-a' }, { tagList: 'a', locked: false });
    assert.deepEqual(registration, { kind: 'authentication-token', token: 'glrt-a' });
  });

  test('a registration token with its attributes', () => {
    const attributes = { tagList: 'a', locked: false };
    const registration = chooseRegistration({ registrationToken: 'GR1' }, attributes);
    assert.deepEqual(registration, { kind: 'registration-token', token: 'GR1', attributes });
  });

  test('values that are the defaults may stand beside an authentication token', () => {
    const attributes = { locked: true, runUntagged: false, paused: false, tagList: '', maximumTimeout: 0 };
    assert.equal(chooseRegistration({ token: 'glrt-a' }, attributes).kind, 'authentication-token');
  });

  for (const [tokens, attributes, pattern] of [
    [{}, {}, /a token is needed/],
    [{ token: 'a', registrationToken: 'b' }, {}, /cannot go together/],
    [{ token: 'glrt-a' }, { tagList: 'a' }, /--tag-list/],
    [{ token: 'glrt-a' }, { locked: false }, /--locked=false/],
    [{ token: 'glrt-a' }, { accessLevel: 'not_protected' }, /--access-level/],
    [{ token: 'glrt-a' }, { runUntagged: true, paused: true }, /--run-untagged, --paused/],
    [{ token: 'glrt-a' }, { maximumTimeout: 900 }, /--maximum-timeout/],
    [{ token: 'glrt-a' }, { maintenanceNote: 'x' }, /--maintenance-note/],
    [{ registrationToken: 'GR1' }, { accessLevel: 'all' }, /not_protected or ref_protected/],
    [{ registrationToken: 'GR1' }, { maintenanceNote: 'x'.repeat(256) }, /255 characters, this one has 256/],
    [{ registrationToken: 'GR1' }, { maximumTimeout: -1 }, /cannot be negative/],
  ] as const) {
    test(`${JSON.stringify([tokens, attributes]).slice(0, 70)} is refused`, () => {
      assert.throws(
        () => chooseRegistration(tokens, attributes),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, pattern);
          return true;
        },
      );
    });
  }
});
