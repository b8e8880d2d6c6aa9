import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { authConfigOf, readAuthSources } from '../../../../../agent/images/auth/read-auth-sources.ts';
import { authSource, login, resolverOf } from '../../../../support/resolve-auth.ts';
import { tempDir, type TempDir } from '../../../../support/temp-dir.ts';

const REG = 'registry.example.com';
const config = (user: string): string => JSON.stringify({ auths: { [REG]: login(user) } });
const payload = [{ type: 'registry', url: `https://${REG}`, username: 'payload', password: 'pw' }];

async function homeWith(files: Readonly<Record<string, string>>): Promise<TempDir> {
  const home = await tempDir();
  await mkdir(home.file('.docker'));
  for (const [name, text] of Object.entries(files)) await writeFile(home.file(name), text);
  return home;
}

test('job, runner, home and payload, in this order and with who supplied them', async () => {
  await using home = await homeWith({ '.docker/config.json': config('home') });
  const sources = await readAuthSources({ job: config('job'), runner: config('runner'), payload, home: home.path });
  assert.deepEqual(
    sources.map(({ name, provenance }) => [name, provenance]),
    [
      ['$DOCKER_AUTH_CONFIG', 'job'],
      ['$DOCKER_AUTH_CONFIG (runner environment)', 'operator'],
      [home.file('.docker/config.json'), 'operator'],
      ['job payload (GitLab Registry)', 'coordinator'],
    ],
  );
  assert.deepEqual(await resolverOf(sources).users(`${REG}/app`), ['job', 'runner', 'home', 'payload']);
});

test('nothing anywhere: no sources', async () => {
  await using home = await homeWith({});
  assert.deepEqual(await readAuthSources({ job: '', runner: undefined, payload: [], home: home.path }), []);
});

describe("the home of the agent's user", () => {
  const cases = [
    {
      name: 'config.json comes before .dockercfg',
      files: { '.docker/config.json': config('new'), '.dockercfg': config('old') },
      user: 'new',
    },
    {
      name: '.dockercfg in its own form',
      files: { '.dockercfg': JSON.stringify({ [REG]: login('old') }) },
      user: 'old',
    },
    { name: '.dockercfg in the form of config.json', files: { '.dockercfg': config('old') }, user: 'old' },
  ];
  for (const { name, files, user } of cases)
    test(name, async () => {
      await using home = await homeWith(files);
      assert.deepEqual(await resolverOf(await readAuthSources({ home: home.path })).users(`${REG}/app`), [user]);
    });

  test('DOCKER_CONFIG names another directory, and then nothing else is looked at', async () => {
    await using home = await homeWith({ '.docker/config.json': config('home'), '.dockercfg': config('old') });
    await using other = await homeWith({ 'config.json': config('other') });
    await using empty = await tempDir();
    const users = async (dockerConfig: string): Promise<string[]> =>
      resolverOf(await readAuthSources({ home: home.path, dockerConfig })).users(`${REG}/app`);
    assert.deepEqual(await users(other.path), ['other']);
    assert.deepEqual(await users(empty.path), []);
    assert.deepEqual(await users(''), ['home']);
  });

  test('a file that cannot be read costs only itself', async () => {
    await using home = await homeWith({});
    await mkdir(home.file('.docker/config.json'));
    const { users, warnings } = resolverOf(await readAuthSources({ payload, home: home.path }));
    assert.deepEqual(await users(`${REG}/app`), ['payload']);
    assert.deepEqual(warnings, [`${home.file('.docker/config.json')}: cannot be read (EISDIR); this part is left out`]);
  });
});

describe('credentials of the job payload', () => {
  const users = async (...credentials: Parameters<typeof readAuthSources>[0]['payload'] & {}): Promise<string[]> => {
    await using home = await tempDir();
    return await resolverOf(await readAuthSources({ payload: credentials, home: home.path })).users(`${REG}/app`);
  };

  test('count only with the type "registry"', async () => {
    for (const type of ['Registry', 'ssh', '', 'registry '])
      assert.deepEqual(await users({ type, url: REG, username: 'x', password: 'pw' }), []);
  });

  test('of two for one registry the first counts', async () => {
    const entry = { type: 'registry', url: REG, password: 'pw' };
    assert.deepEqual(await users({ ...entry, username: 'first' }, { ...entry, username: 'second' }), ['first']);
  });
});

test("the variable of the runner's environment is found by its exact name, the last one counts", () => {
  assert.equal(authConfigOf(['A=b', 'DOCKER_AUTH_CONFIG={"auths":{}}']), '{"auths":{}}');
  assert.equal(authConfigOf(['DOCKER_AUTH_CONFIG=1', ' DOCKER_AUTH_CONFIG =a=b']), 'a=b');
  assert.equal(
    authConfigOf(['MY_DOCKER_AUTH_CONFIG=1', 'DOCKER_AUTH_CONFIG_X=1', 'A=DOCKER_AUTH_CONFIG=1']),
    undefined,
  );
});

test('sources keep their provenance whatever their text says', async () => {
  const { users } = resolverOf([authSource('coordinator', { credHelpers: { [REG]: 'mine' } })]);
  assert.deepEqual(await users(`${REG}/app`), []);
});
