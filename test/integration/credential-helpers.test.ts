import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { authSource, login, resolverOf } from '../support/resolve-auth.ts';
import { tempDir, type TempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const REG = 'registry.example.com';
const SECRET = 'hunter2-never-shown';

/** A reason to skip, that names the package; false when the program is there. */
async function missing(program: string, packages: string): Promise<string | false> {
  const found = await run('sh', ['-c', 'command -v "$1"', 'sh', program]).then(
    () => true,
    () => false,
  );
  return found ? false : `${program} is not on PATH: apt-get install ${packages}`;
}

const PASS_PACKAGES = 'golang-docker-credential-helpers pass gnupg';
const noPass =
  (await missing('docker-credential-pass', PASS_PACKAGES)) ||
  (await missing('pass', PASS_PACKAGES)) ||
  (await missing('gpg', PASS_PACKAGES));

describe('docker-credential-pass', { skip: noPass }, () => {
  let home: TempDir;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    home = await tempDir();
    env = { PATH: process.env['PATH'], HOME: home.path, GNUPGHOME: home.file('.gnupg') };
    await mkdir(home.file('.gnupg'), { mode: 0o700 });
    await run(
      'gpg',
      ['--batch', '--passphrase', '', '--quick-gen-key', 'ci@example.com', 'default', 'default', 'never'],
      { env },
    );
    await run('pass', ['init', 'ci@example.com'], { env });
    await store(REG, 'carol');
    await store(`https://${REG}:5000/`, 'dave');
    await store('https://index.docker.io/v1/', 'erin');
  });

  after(async () => {
    await run('gpgconf', ['--kill', 'all'], { env });
    await home[Symbol.asyncDispose]();
  });

  async function store(server: string, user: string): Promise<void> {
    const stored = run('docker-credential-pass', ['store'], { env });
    stored.child.stdin?.end(JSON.stringify({ ServerURL: server, Username: user, Secret: SECRET }));
    await stored;
  }

  const cases: readonly (readonly [string, readonly string[]])[] = [
    [`${REG}/group/app:1`, ['carol']],
    [`${REG}:5000/app`, ['dave']],
    ['alpine', ['erin']],
    ['other.example.com/app', []],
  ];
  for (const [image, users] of cases)
    test(`as credsStore, for ${image}`, async () => {
      const { resolver, warnings } = resolverOf([authSource('operator', { credsStore: 'pass' })], { env });
      const candidates = await resolver.candidates(image);
      assert.deepEqual(
        candidates.map(({ username }) => username),
        users,
      );
      for (const { password } of candidates) assert.equal(password, SECRET);
      assert.deepEqual(warnings, []);
    });

  test('as credHelpers of one registry', async () => {
    const { users } = resolverOf([authSource('operator', { credHelpers: { [REG]: 'pass' } })], { env });
    assert.deepEqual([await users(`${REG}/app`), await users('alpine')], [['carol'], []]);
  });

  test('without its key: left out, and what gpg says stays out of the log', async () => {
    const source = authSource('operator', { credHelpers: { [REG]: 'pass' }, auths: { [REG]: login('static') } });
    await using empty = await tempDir();
    const { users, warnings } = resolverOf([source], { env: { ...env, GNUPGHOME: empty.path } });
    assert.deepEqual(await users(`${REG}/app`), ['static']);
    assert.match(
      warnings.join(),
      /^operator: credential helper "pass" for "registry\.example\.com" ended with exit code 1; it is left out$/,
    );
  });
});

describe(
  'docker-credential-ecr-login',
  { skip: await missing('docker-credential-ecr-login', 'amazon-ecr-credential-helper') },
  () => {
    const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

    for (const config of [{ credHelpers: { [ECR]: 'ecr-login' } }, { credsStore: 'ecr-login' }])
      test(`without AWS, as ${Object.keys(config).join()}: the other sources are used`, async () => {
        await using home = await tempDir();
        const env = { PATH: process.env['PATH'], HOME: home.path, AWS_EC2_METADATA_DISABLED: 'true' };
        const payload = authSource('coordinator', { auths: { [ECR]: login('payload') } });
        const { users, resolver } = resolverOf([authSource('operator', config), payload], { env });
        assert.deepEqual(await users(`${ECR}/app:1`), ['payload']);
        const [told] = (await resolver.explain(`${ECR}/app:1`)).sources;
        assert.match(told?.keys[0]?.outcome ?? '', /^helper "ecr-login" has no credentials for it$/);
      });
  },
);
