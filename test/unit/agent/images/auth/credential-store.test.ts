import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answering, helperDir } from '../../../../support/helper-dir.ts';
import { authSource, login, resolverOf } from '../../../../support/resolve-auth.ts';

const REG = 'registry.example.com';
const IMAGE = `${REG}/group/app:1`;
const HUB = 'https://index.docker.io/v1/';

describe('credsStore', () => {
  test('is asked for the registry, without list', async () => {
    await using helpers = await helperDir();
    await helpers.add('store', answering(REG, 'carol', 'pw'));
    const { users } = resolverOf([authSource('operator', { credsStore: 'store' })], { env: helpers.env });
    assert.deepEqual(await users(IMAGE), ['carol']);
    assert.deepEqual(await helpers.calls(), [`store get <${REG}>`]);
  });

  test('knows Docker Hub by its old address', async () => {
    await using helpers = await helperDir();
    await helpers.add('store', answering(HUB, 'carol', 'pw'));
    const { users } = resolverOf([authSource('operator', { credsStore: 'store' })], { env: helpers.env });
    assert.deepEqual(await users('alpine'), ['carol']);
    assert.deepEqual(await helpers.calls(), [`store get <${HUB}>`]);
  });

  test('is asked for the key that docker login left in auths, the longest first', async () => {
    await using helpers = await helperDir();
    await helpers.add('store', answering(`${REG}/group`, 'carol', 'pw'));
    const config = { auths: { [REG]: {}, [`${REG}/group`]: {} }, credsStore: 'store' };
    const lower = authSource('coordinator', { auths: { [REG]: login('payload') } });
    const { users } = resolverOf([authSource('operator', config), lower], { env: helpers.env });
    assert.deepEqual(await users(IMAGE), ['carol', 'payload']);
  });

  test('is listed when it knows the registry by another spelling', async () => {
    await using helpers = await helperDir();
    await helpers.add('store', answering(`https://${REG}:443/`, 'carol', 'pw'));
    const { resolver } = resolverOf([authSource('operator', { credsStore: 'store' })], { env: helpers.env });
    assert.deepEqual(
      (await resolver.candidates(IMAGE)).map(({ username, key }) => [username, key]),
      [['carol', `https://${REG}:443/`]],
    );
    assert.deepEqual(await helpers.calls(), [`store get <${REG}>`, 'store list <>', `store get <https://${REG}:443/>`]);
  });

  test('a longer path that only its list has comes before the registry of a higher source', async () => {
    await using helpers = await helperDir();
    await helpers.add('store', answering(`${REG}/group`, 'carol', 'pw'));
    const higher = authSource('job', { auths: { [REG]: login('job') } });
    const { users } = resolverOf([higher, authSource('operator', { credsStore: 'store' })], { env: helpers.env });
    assert.deepEqual(await users(IMAGE), ['carol', 'job']);
  });

  test('that has nothing and cannot list is no reason to worry', async () => {
    await using helpers = await helperDir();
    await helpers.add('store', `[ "$1" = get ] && echo 'credentials not found'; exit 1`);
    const { users, warnings } = resolverOf([authSource('operator', { credsStore: 'store' })], { env: helpers.env });
    assert.deepEqual(await users(IMAGE), []);
    assert.deepEqual(warnings, []);
  });
});

describe('within one config', () => {
  test('credHelpers come before credsStore, credsStore before auths', async () => {
    await using helpers = await helperDir();
    await helpers.add('helper', answering(REG, 'carol', 'pw'));
    await helpers.add('store', answering(REG, 'dave', 'pw'));
    const config = { auths: { [REG]: login('alice') }, credsStore: 'store', credHelpers: { [REG]: 'helper' } };
    const { users } = resolverOf([authSource('operator', config)], { env: helpers.env });
    assert.deepEqual(await users(IMAGE), ['carol', 'dave', 'alice']);
  });

  test('a longer path in auths comes before the store', async () => {
    await using helpers = await helperDir();
    await helpers.add('store', answering(REG, 'dave', 'pw'));
    const config = { auths: { [`${REG}/group`]: login('alice') }, credsStore: 'store' };
    const { users } = resolverOf([authSource('operator', config)], { env: helpers.env });
    assert.deepEqual(await users(IMAGE), ['alice', 'dave']);
  });

  test('a helper for Docker Hub may be named by any of its names', async () => {
    await using helpers = await helperDir();
    await helpers.add('new', answering(HUB, 'carol', 'pw'));
    await helpers.add('plain', answering('docker.io', 'dave', 'pw'));
    for (const [key, helper, user] of [
      ['docker.io', 'new', 'carol'],
      [HUB, 'new', 'carol'],
      ['docker.io', 'plain', 'dave'],
    ] as const) {
      const { users } = resolverOf([authSource('operator', { credHelpers: { [key]: helper } })], { env: helpers.env });
      assert.deepEqual(await users('alpine'), [user]);
    }
  });
});
