import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { answering, helperDir } from '../../../../../support/helper-dir.ts';
import { authSource, login, resolverOf } from '../../../../../support/resolve-auth.ts';
import { waitFor } from '../../../../../support/wait-for.ts';

const REG = 'registry.example.com';
const IMAGE = `${REG}/group/app:1`;
const SECRET = 'hunter2-never-shown';

const helperFor = (helper: string): object => ({ credHelpers: { [REG]: helper }, auths: { [REG]: login('static') } });

describe('a helper that does not do what it should costs only itself', () => {
  const cases = [
    {
      name: 'missing',
      script: undefined,
      says: /"broken" for "registry\.example\.com" is not on the PATH of the agent/,
    },
    { name: 'exits with a secret on stderr', script: `echo ${SECRET} >&2; exit 1`, says: /ended with exit code 1;/ },
    { name: 'exits with a secret on stdout', script: `echo ${SECRET}; exit 3`, says: /ended with exit code 3;/ },
    { name: 'prints garbage', script: `echo 'not json ${SECRET}'`, says: /gave no answer that can be read/ },
    { name: 'answers in another shape', script: `echo '["${SECRET}"]'`, says: /gave no answer that can be read/ },
    { name: 'prints 10 MB', script: 'head -c 10485760 /dev/zero; sleep 60', says: /answered with more than 1 MB/ },
    { name: 'ends by a signal', script: 'kill -9 $$', says: /was killed \(SIGKILL\)/ },
  ];
  for (const { name, script, says } of cases) {
    test(name, async () => {
      await using helpers = await helperDir();
      if (script !== undefined) await helpers.add('broken', script);
      const { users, warnings } = resolverOf(
        [
          authSource('operator', helperFor('broken')),
          authSource('coordinator', { auths: { [REG]: login('payload') } }),
        ],
        { env: helpers.env },
      );
      assert.deepEqual(await users(IMAGE), ['static', 'payload']);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', says);
      assert.doesNotMatch(warnings.join(), new RegExp(SECRET));
    });
  }

  test('hangs: it is killed with its children', async () => {
    await using helpers = await helperDir();
    const pidFile = helpers.dir.file('child.pid');
    await helpers.add('hanging', `sleep 600 & echo $! >'${pidFile}'; wait`);
    const source = authSource('operator', helperFor('hanging'));
    const { users, warnings } = resolverOf([source], { env: helpers.env, timeoutMs: 500 });
    assert.deepEqual(await users(IMAGE), ['static']);
    assert.match(warnings.join(), /did not answer within 0\.5 s/);
    const pid = Number(await readFile(pidFile, 'utf8'));
    await waitFor(() => !isAlive(pid), 'the child of the helper has ended');
  });

  test('does not end although it has answered: its child holds the output', async () => {
    await using helpers = await helperDir();
    await helpers.add('lingering', `sleep 3 & ${answering(REG, 'carol', 'pw')}`);
    const { users } = resolverOf([authSource('operator', helperFor('lingering'))], {
      env: helpers.env,
      timeoutMs: 2500,
    });
    assert.deepEqual(await users(IMAGE), ['carol', 'static']);
  });
});

test('a helper whose name is too long for a file costs only itself', async () => {
  const { users, warnings } = resolverOf([authSource('operator', helperFor('x'.repeat(300)))]);
  assert.deepEqual(await users(IMAGE), ['static']);
  assert.match(warnings.join(), /cannot be started \(ENAMETOOLONG\)/);
});

test('many spellings of one registry do not mean many calls', async () => {
  await using helpers = await helperDir();
  await helpers.add('mine', `echo 'credentials not found'; exit 1`);
  const keys = Array.from({ length: 50 }, (_, index) => `${REG}/group:${index}`);
  const credHelpers = Object.fromEntries(keys.map((key) => [key, 'mine']));
  const auths = Object.fromEntries(keys.map((key) => [key, {}]));
  const { users } = resolverOf([authSource('operator', { credHelpers, auths, credsStore: 'mine' })], {
    env: helpers.env,
  });
  assert.deepEqual(await users(IMAGE), []);
  assert.ok((await helpers.calls()).length <= 3);
});

test('the end of the job ends its helpers', async () => {
  await using helpers = await helperDir();
  await helpers.add('hanging', 'sleep 600');
  const job = new AbortController();
  const { users } = resolverOf([authSource('operator', helperFor('hanging'))], {
    env: helpers.env,
    signal: job.signal,
  });
  const asked = assert.rejects(users(IMAGE), /the job was cancelled/);
  await waitFor(async () => (await helpers.calls()).length > 0, 'the helper runs');
  job.abort(new Error('the job was cancelled'));
  await asked;
});

test('"credentials not found" is no error', async () => {
  await using helpers = await helperDir();
  await helpers.add('empty', `echo 'credentials not found in native keychain'; exit 1`);
  const { users, warnings } = resolverOf([authSource('operator', helperFor('empty'))], { env: helpers.env });
  assert.deepEqual(await users(IMAGE), ['static']);
  assert.deepEqual(warnings, []);
});

test('the user "<token>" brings an identity token', async () => {
  await using helpers = await helperDir();
  await helpers.add('acr', answering(REG, '<token>', 'refresh-token'));
  const { resolver } = resolverOf([authSource('operator', { credHelpers: { [REG]: 'acr' } })], { env: helpers.env });
  assert.deepEqual(await resolver.candidates(IMAGE), [
    { username: '', password: '', identityToken: 'refresh-token', source: 'operator', key: REG },
  ]);
  assert.ok(resolver.secrets().includes('refresh-token'));
});

test('only the helper of the registry is called, once per job, with the registry on stdin', async () => {
  await using helpers = await helperDir();
  await helpers.add('mine', answering(REG, 'carol', SECRET));
  await helpers.add('other', 'exit 1');
  const config = { credHelpers: { [REG]: 'mine', 'other.example.com': 'other' } };
  const { users, warnings } = resolverOf([authSource('operator', config)], { env: helpers.env });
  assert.deepEqual(await Promise.all([users(IMAGE), users(`${REG}/group/app:2`)]), [['carol'], ['carol']]);
  assert.deepEqual(await users(`${REG}/service`), ['carol']);
  assert.deepEqual(await users('alpine'), []);
  assert.deepEqual(await helpers.calls(), [`mine get <${REG}>`]);
  assert.deepEqual(warnings, []);
});

/** A process that nobody has waited for is gone as well. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
