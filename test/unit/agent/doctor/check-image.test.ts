import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runnerSettings } from '../../../../agent/config/schema/runner.ts';
import type { DockerClient } from '../../../../agent/docker/docker-client.ts';
import type { EngineInfo } from '../../../../agent/docker/engine-info.ts';
import { checkImage } from '../../../../agent/doctor/check-image.ts';
import type { Finding } from '../../../../agent/doctor/finding.ts';
import { formatFindings } from '../../../../agent/doctor/format-findings.ts';
import { CredentialResolver } from '../../../../agent/images/auth/credential-resolver.ts';
import type { Credential } from '../../../../agent/images/auth/credential.ts';
import { RegistryError, type RegistryErrorKind } from '../../../../agent/images/registry/registry-error.ts';
import { fakeDocker, imageDetails, notFound } from '../../../support/fake-docker-client.ts';

const digest = `sha256:${'7'.repeat(64)}`;
const engine = { os: 'linux', architecture: 'amd64' } as EngineInfo;
const secret = 'pw-0123456789';
const auth = Buffer.from(`alice:${secret}`).toString('base64');
const signal = new AbortController().signal;
const absent = fakeDocker({ inspectImage: () => Promise.reject(notFound()) });
const here = (changes = {}): DockerClient => fakeDocker({ inspectImage: () => Promise.resolve(imageDetails(changes)) });

interface Setup {
  readonly docker?: object;
  readonly client?: DockerClient;
  readonly job?: object;
  readonly answer?: (reference: string, credential: Credential | undefined) => RegistryErrorKind | undefined;
}

async function look(image: string, setup: Setup): Promise<{ findings: Finding[]; text: string; asked: string[] }> {
  const asked: string[] = [];
  const sources = [{ name: '$DOCKER_AUTH_CONFIG', provenance: 'job', text: JSON.stringify(setup.job ?? {}) }] as const;
  const findings = await checkImage(image, {
    docker: runnerSettings.parse({ docker: setup.docker ?? {} }).docker,
    client: setup.client ?? absent,
    engine,
    signal,
    credentials: new CredentialResolver(sources, { allowedHelpers: {}, log: { warning: () => {} }, signal }),
    registry: {
      headManifest: (reference, credential) => {
        asked.push(`${reference} ${credential?.username ?? '-'}`);
        const kind = setup.answer?.(reference, credential);
        if (kind === undefined) return Promise.resolve({ digest, mediaType: '' });
        return Promise.reject(new RegistryError(`it says ${kind}`, { kind, registry: 'r' }));
      },
    },
  });
  return { findings, text: formatFindings(findings), asked };
}

const outcome = (findings: readonly Finding[], subject: string): string | undefined =>
  findings.find((one) => one.subject === subject)?.outcome;

describe('an image', () => {
  test('is explained from its name to the verdict, in order, without the secret', async () => {
    const { findings, text, asked } = await look('r.example.com/app:1', {
      job: { auths: { 'r.example.com': { auth }, 'other.example.com': { auth } } },
    });
    assert.deepEqual(
      findings.map((one) => `${one.subject} ${one.outcome}`),
      ['image ok', 'rules ok', 'credentials ok', 'registry ok', 'presence ok', 'verdict ok'],
    );
    assert.deepEqual(asked, ['r.example.com/app:1 alice']);
    assert.match(text, /user "alice" of \$DOCKER_AUTH_CONFIG, key "r\.example\.com"/);
    assert.match(text, /auths "other\.example\.com": no match/);
    assert.ok(!text.includes(secret) && !text.includes(auth));
  });

  test('that a helper of the job should open says that the helper may not run', async () => {
    const { findings, text, asked } = await look('r.example.com/app:1', {
      job: { credHelpers: { 'r.example.com': 'evil' } },
    });
    assert.equal(outcome(findings, 'credentials'), 'warn');
    assert.match(text, /docker-credential-evil: refused: not in allowed_docker_credential_helpers/);
    assert.deepEqual(asked, ['r.example.com/app:1 -']);
  });

  test('that the registry refuses fails, unless a policy takes the one that was made here', async () => {
    const answer = (): RegistryErrorKind => 'unauthorized';
    const refused = await look('r.example.com/app:1', { answer });
    assert.deepEqual([outcome(refused.findings, 'registry'), outcome(refused.findings, 'verdict')], ['warn', 'fail']);
    const docker = { pull_policy: 'if-not-present' };
    const made = await look('r.example.com/app:1', { answer, docker, client: here() });
    assert.equal(outcome(made.findings, 'verdict'), 'ok');
    const pulled = here({ digests: [`r.example.com/app@${digest}`] });
    assert.equal(
      outcome((await look('r.example.com/app:1', { answer, docker, client: pulled })).findings, 'verdict'),
      'fail',
    );
    const open = { ...docker, verify_image_access: false };
    const unverified = await look('r.example.com/app:1', { answer, docker: open, client: pulled });
    assert.equal(outcome(unverified.findings, 'verdict'), 'ok');
  });

  test('whose registry cannot be trusted comes with what to do', async () => {
    const { findings, text } = await look('r.example.com/app:1', { answer: () => 'tls' });
    assert.equal(outcome(findings, 'verdict'), 'fail');
    assert.match(text, /- without credentials: it says tls\n +- .* \/etc\/docker\/certs\.d\/r\/\*\.crt/);
  });

  test('is looked for at its mirrors first, and at the origin only when they have none', async () => {
    const docker = { registry_mirrors: [{ registry: 'docker.io', url: 'https://m.example.com/hub' }] };
    assert.deepEqual((await look('alpine:3', { docker })).asked, ['m.example.com/hub/library/alpine:3 -']);
    const { findings, asked } = await look('alpine', {
      docker,
      answer: (reference) => (reference.startsWith('m.') ? 'unreachable' : undefined),
    });
    assert.deepEqual(asked, ['m.example.com/hub/library/alpine:latest -', 'alpine:latest -']);
    const outcomes = ['mirror', 'registry', 'verdict'].map((subject) => outcome(findings, subject));
    assert.deepEqual(outcomes, ['warn', 'ok', 'ok']);
  });

  test('that a rule forbids fails whatever the registry says', async () => {
    const docker = { allowed_images: ['ruby:*'], allowed_services: ['redis:*'] };
    const { findings, text } = await look('alpine:3', { docker });
    assert.deepEqual([outcome(findings, 'rules'), outcome(findings, 'verdict')], ['fail', 'fail']);
    assert.match(text, /not present on list of allowed images/);
    assert.match(text, /allowed_images: ruby:\*/);
    const service = await look('redis:7', { docker });
    assert.equal(outcome(service.findings, 'rules'), 'warn');
    assert.match(service.text, /only as a service; pull policy always/);
  });

  test('of another platform is a warning; a text that is none, and an id that is not here, fail', async () => {
    const arm = await look('alpine', { client: here({ architecture: 'arm64' }) });
    assert.match(arm.text, /warn +presence +here for linux\/arm64: .*; the engine is linux\/amd64/);
    assert.deepEqual(
      (await look('Not An Image', {})).findings.map((one) => one.outcome),
      ['fail'],
    );
    const id = await look(`sha256:${'a'.repeat(64)}`, {});
    assert.deepEqual([outcome(id.findings, 'verdict'), id.asked], ['fail', []]);
    assert.equal(outcome((await look(`sha256:${'a'.repeat(64)}`, { client: here() })).findings, 'verdict'), 'ok');
  });
});
