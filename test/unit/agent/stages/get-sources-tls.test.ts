import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { BASH } from '../../../support/framed-shell.ts';
import { GitServer } from '../../../support/git-fixture.ts';
import { JOB_TOKEN } from '../../../support/job-fixture.ts';
import { SourcesFixture, type Sources } from '../../../support/sources-fixture.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { TlsFront, tlsFile } from '../../../support/tls-front.ts';

const undo = new AsyncDisposableStack();
after(() => undo.disposeAsync());
const dir = undo.use(await tempDir());
const fixture = await SourcesFixture.create(dir);
const server = undo.use(await GitServer.start(dir.path, JOB_TOKEN));
const target = { host: '127.0.0.1', port: Number(new URL(server.url('', JOB_TOKEN)).port) };

/** A job whose runner trusts its coordinator as `runner` says; the files that the agent would bring are in their places. */
async function sources(front: TlsFront, runner: Readonly<Record<string, string>>): Promise<Sources> {
  const repo_url = `https://gitlab-ci-token:${JOB_TOKEN}@127.0.0.1:${front.port}/origin/.git`;
  const made = fixture.sources({ CI_JOB_TOKEN: JOB_TOKEN }, { git: { repo_url }, runner });
  await mkdir(made.spec.directories.temporary, { recursive: true });
  for (const [key, name] of [
    ['tls-ca-file', 'CI_SERVER_TLS_CA_FILE'],
    ['tls-cert-file', 'CI_SERVER_TLS_CERT_FILE'],
    ['tls-key-file', 'CI_SERVER_TLS_KEY_FILE'],
  ] as const)
    if (runner[key] !== undefined) await copyFile(runner[key], `${made.spec.directories.temporary}/${name}`);
  return made;
}

describe('sources of a coordinator with a private authority', { skip: BASH.missing }, () => {
  test('tls-ca-file: git trusts it, in the stage and afterwards in the work tree', async () => {
    await using front = await TlsFront.listen(target, false);
    const made = await sources(front, { 'tls-ca-file': tlsFile('ca.crt') });
    const { exitCode, stderr } = await made.run();
    assert.equal(exitCode, 0, stderr);
    assert.equal(await made.read('file'), 'two');
    const trusted = `http.https://127.0.0.1:${front.port}.sslCAInfo`;
    assert.equal(
      await made.git('config', '--includes', trusted),
      `${made.spec.directories.temporary}/CI_SERVER_TLS_CA_FILE`,
    );
  });

  test('tls-cert-file and tls-key-file: git shows them', async () => {
    await using front = await TlsFront.listen(target, true);
    const made = await sources(front, {
      'tls-ca-file': tlsFile('ca.crt'),
      'tls-cert-file': tlsFile('client.crt'),
      'tls-key-file': tlsFile('client.key'),
    });
    const { exitCode, stderr } = await made.run();
    assert.equal(exitCode, 0, stderr);
  });

  test('without them, and with another authority, git refuses', async () => {
    await using front = await TlsFront.listen(target, false);
    for (const runner of [{}, { 'tls-ca-file': tlsFile('other-ca.crt') }]) {
      const { exitCode, stderr } = await (await sources(front, runner)).run();
      assert.equal(exitCode, 128);
      assert.match(stderr, /certificate/);
    }
  });
});
