import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authSource, login, resolverOf } from '../../../../../support/resolve-auth.ts';

const REG = 'registry.example.com';
const IMAGE = `${REG}/group/app:1`;
const SECRET = 'hunter2-never-shown';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a broken part costs only itself, with one warning that names source and key', () => {
  const wholes: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', `{nonsense ${SECRET}`, /^job: not valid JSON/],
    ['a cut text', `{"auths": {"${REG}": {"auth": "${base64(SECRET)}`, /^job: not valid JSON/],
    ['a list', `["${SECRET}"]`, /^job: the JSON is not an object/],
    ['a text', `"${SECRET}"`, /^job: the JSON is not an object/],
    ['auths as a list', `{"auths": ["${SECRET}"]}`, /^job: "auths" is not a table of registries/],
    ['a store that is no name', `{"credsStore": 5}`, /^job: "credsStore" is not the name of a helper/],
    [
      'helpers that are no names',
      `{"credHelpers": {"${REG}": {}}}`,
      /^job: "credHelpers" is not a table of registries/,
    ],
  ];
  const entries: readonly (readonly [string, unknown, RegExp])[] = [
    ['bad base64', { auth: `%%%${SECRET}` }, /"auth" is not base64/],
    ['cut base64', { auth: 'YWxpY' }, /"auth" is not base64/],
    ['auth without a colon', { auth: base64(SECRET) }, /"auth" has no colon between user name and password/],
    ['auth without a user', { auth: base64(`:${SECRET}`) }, /"auth" has no user name/],
    ['an entry that is a text', SECRET, /not a table of texts/],
    ['a password that is a number', { username: 'alice', password: 5 }, /not a table of texts/],
    ['a registrytoken', { registrytoken: SECRET }, /"registrytoken" is not supported/],
  ];
  const cases = [
    ...wholes,
    ...entries.map(([name, entry, says]) => {
      const text = JSON.stringify({ auths: { [REG]: entry, 'other.example.com': login('other') } });
      return [name, text, new RegExp(`^job: "registry.example.com": ${says.source}`)] as const;
    }),
  ];
  for (const [name, text, says] of cases) {
    test(name, async () => {
      const payload = authSource('coordinator', { auths: { [REG]: login('payload') } });
      const { users, warnings } = resolverOf([authSource('job', text), payload]);
      assert.deepEqual([await users(IMAGE), await users(IMAGE)], [['payload'], ['payload']]);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', says);
      assert.doesNotMatch(warnings.join(), new RegExp(`${SECRET}|${base64(SECRET).slice(0, 12)}`));
      if (text.includes('other.example.com')) assert.deepEqual(await users('other.example.com/app'), ['other']);
    });
  }

  test('a key that can be no registry', async () => {
    const { users, warnings } = resolverOf([
      authSource('job', { auths: { [`https://user:${SECRET}@${REG}/\u001b[31m`]: login('a'), [REG]: login('b') } }),
    ]);
    assert.deepEqual(await users(IMAGE), ['b']);
    assert.deepEqual(warnings, [`job: "https://***@${REG}/\\u001b[31m" names no registry; this entry is left out`]);
  });
});

test('a config that is broken all over does not fill the log', async () => {
  const auths = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`r${index}.example.com`, 'x']));
  const { users, warnings } = resolverOf([authSource('job', { auths })]);
  await users(IMAGE);
  assert.equal(warnings.length, 11);
  assert.equal(warnings.at(-1), 'job: 990 more entries are left out');
});

describe('what an entry may look like', () => {
  const forms: readonly (readonly [string, unknown, object])[] = [
    ['auth', { auth: base64('alice:pw') }, { username: 'alice', password: 'pw' }],
    ['auth without padding', { auth: base64('alice:pw').replace(/=+$/, '') }, { username: 'alice', password: 'pw' }],
    [
      'auth with line breaks',
      { auth: base64('alice:pw').replace(/(.{4})/, '$1\n') },
      { username: 'alice', password: 'pw' },
    ],
    ['a password with colons', { auth: base64('alice:a:b:c') }, { username: 'alice', password: 'a:b:c' }],
    ['a password in UTF-8', { auth: base64('alice:pässwort') }, { username: 'alice', password: 'pässwort' }],
    ['no password', { auth: base64('alice:') }, { username: 'alice', password: '' }],
    ['user name and password', { username: 'alice', password: 'pw' }, { username: 'alice', password: 'pw' }],
    [
      'both: auth counts',
      { auth: base64('alice:pw'), username: 'x', password: 'y' },
      { username: 'alice', password: 'pw' },
    ],
    ['identity token', { identitytoken: 'it' }, { username: '', password: '', identityToken: 'it' }],
    [
      'identity token with a user',
      { auth: base64('0000:'), identitytoken: 'it' },
      { username: '0000', password: '', identityToken: 'it' },
    ],
    [
      'fields that nobody knows',
      { auth: base64('alice:pw'), email: 5, extra: [] },
      { username: 'alice', password: 'pw' },
    ],
  ];
  for (const [name, entry, expected] of forms) {
    test(name, async () => {
      for (const config of [
        { auths: { [REG]: entry } },
        { auths: { [REG]: entry }, HttpHeaders: { a: 'b' }, credHelpers: null },
      ]) {
        const { resolver, warnings } = resolverOf([authSource('job', config)]);
        assert.deepEqual(await resolver.candidates(IMAGE), [{ ...expected, source: 'job', key: REG }]);
        assert.deepEqual(warnings, []);
      }
    });
  }

  test('an entry without anything says nothing and costs nothing', async () => {
    for (const entry of [{}, null, { auth: '' }, { email: 'a@example.com' }]) {
      const { users, warnings } = resolverOf([authSource('operator', { auths: { [REG]: entry } })]);
      assert.deepEqual([await users(IMAGE), warnings], [[], []]);
    }
  });

  test('the flat form of .dockercfg', async () => {
    const { users, warnings } = resolverOf([
      authSource('operator', { [`https://${REG}/v1/`]: { ...login('alice'), email: '' } }),
    ]);
    assert.deepEqual([await users(IMAGE), warnings], [['alice'], []]);
  });
});

test('the same login from a lower source is not tried again', async () => {
  const auths = { [REG]: login('alice') };
  const { resolver } = resolverOf([authSource('job', { auths }), authSource('operator', { auths })]);
  assert.deepEqual(
    (await resolver.candidates(IMAGE)).map(({ source }) => source),
    ['job'],
  );
});

test('what is to be masked is known once it has been handed out', async () => {
  const { resolver } = resolverOf([
    authSource('job', { auths: { [REG]: login('alice', 'pw-1'), 'other.example.com': login('bob', 'pw-2') } }),
  ]);
  assert.deepEqual(resolver.secrets(), []);
  await resolver.candidates(IMAGE);
  assert.deepEqual(resolver.secrets(), ['pw-1', base64('alice:pw-1')]);
});
