import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answering, helperDir } from '../../../../support/helper-dir.ts';
import { authSource, login, resolverOf } from '../../../../support/resolve-auth.ts';

const REG = 'registry.example.com';
const SECRET = 'hunter2-never-shown';

test('every key of every source is there with what became of it, and no secret', async () => {
  await using helpers = await helperDir();
  await helpers.add('mine', answering(REG, 'carol', SECRET));
  await helpers.add('broken', `echo ${SECRET} >&2; exit 2`);
  const sources = [
    authSource('job', {
      auths: {
        [`${REG}/group`]: login('alice', SECRET),
        'other.example.com': login('x', SECRET),
        [REG]: { auth: 'YQ==' },
      },
      credHelpers: { [REG]: 'gated', 'third.example.com': 'gated' },
    }),
    authSource('operator', { auths: { [REG]: {} }, credsStore: 'broken', credHelpers: { [REG]: 'mine' } }),
    authSource('coordinator', { auths: { [REG]: login('carol', SECRET), [`https://${REG}`]: login('dave', SECRET) } }),
  ];
  const { resolver, warnings } = resolverOf(sources, { env: helpers.env });
  const told = await resolver.explain(`${REG}/group/app:1`);
  assert.deepEqual([told.registry, told.prefixes], [REG, [`${REG}/group/app`, `${REG}/group`, REG]]);
  assert.deepEqual(told.candidates, [
    { source: 'job', key: `${REG}/group`, username: 'alice' },
    { source: 'operator', key: REG, username: 'carol' },
    { source: 'coordinator', key: `https://${REG}`, username: 'dave' },
  ]);
  const steps = told.sources.map(({ source, keys }) => [
    source,
    keys.map((step) => [step.kind, step.key, step.matches, step.outcome]),
  ]);
  assert.deepEqual(steps, [
    [
      'job',
      [
        ['auths', `${REG}/group`, true, 'user "alice": used'],
        ['credHelpers', REG, true, 'refused: not in allowed_docker_credential_helpers'],
        ['credHelpers', 'third.example.com', false, 'no match'],
        ['auths', 'other.example.com', false, 'no match'],
        ['auths', REG, false, '"auth" has no colon between user name and password'],
      ],
    ],
    [
      'operator',
      [
        ['credHelpers', REG, true, 'user "carol": number 2, in case the registry refuses'],
        ['credsStore', REG, true, 'helper "broken" ended with exit code 2'],
        ['auths', REG, false, 'no credentials in it'],
      ],
    ],
    [
      'coordinator',
      [
        ['auths', REG, true, 'user "carol": the same login is there already'],
        ['auths', `https://${REG}`, true, 'user "dave": number 3, in case the registry refuses'],
      ],
    ],
  ]);
  assert.deepEqual(
    told.sources.map(({ warnings: said }) => said.length),
    [2, 1, 0],
  );
  assert.doesNotMatch(
    JSON.stringify(told),
    new RegExp(`${SECRET}|${Buffer.from(SECRET).toString('base64').slice(0, 12)}`),
  );
  assert.deepEqual(warnings, []);
});

test('a helper whose name is a path is told as such and does not throw', async () => {
  const { resolver } = resolverOf([authSource('operator', { credHelpers: { [REG]: 'a/b' } })]);
  const told = await resolver.explain(`${REG}/app`);
  assert.deepEqual(told.candidates, []);
  assert.equal(told.sources[0]?.keys[0]?.outcome, 'refused: the name of the helper contains a path separator');
});
