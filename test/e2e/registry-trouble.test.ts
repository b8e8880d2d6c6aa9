import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { docker } from '../support/engine.ts';
import { type Account, authConfig, randomAccount } from '../support/registry/accounts.ts';
import { issueCertificate, makeAuthority } from '../support/registry/certificates.ts';
import { type FaultRule, startFaultProxy } from '../support/registry/fault-proxy.ts';
import { dockerAs, pushImage, type RegistryImage } from '../support/registry/registry-image.ts';
import {
  authVariable,
  type EndedJob,
  type JobOptions,
  openRegistryPlace,
  type RegistryPlace,
} from '../support/registry/registry-place.ts';
import { needsRegistry } from '../support/registry/registry-tools.ts';
import { startRegistry, type TestRegistry } from '../support/registry/start-registry.ts';
import { startTokenServer } from '../support/registry/token-server.ts';
import { trustAuthority } from '../support/registry/trust-authority.ts';
import { tempDir } from '../support/temp-dir.ts';

/** An address of this machine that the engine does not trust blindly, as it does 127.0.0.1. */
function outerAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

const as = (host: string, account: Account): JobOptions => ({
  variables: [authVariable(authConfig({ [host]: account }))],
});

function failedAs({ job, trace }: EndedJob, reason: string, sentence: RegExp): void {
  assert.equal(job.state, 'failed', trace);
  assert.equal(job.failure_reason, reason, trace);
  assert.match(trace, sentence);
  assert.doesNotMatch(trace, /the script ran/);
}

describe('a registry that does not give the image', { skip: needsRegistry(), concurrency: 3 }, () => {
  const undo = new AsyncDisposableStack();
  const account = randomAccount('alice');
  let place: RegistryPlace;
  let open: TestRegistry;
  let closed: TestRegistry;
  before(async () => {
    place = undo.use(await openRegistryPlace());
    open = undo.use(await startRegistry());
    closed = undo.use(await startRegistry({ accounts: [account] }));
  });
  after(() => undo.disposeAsync());

  test('wrong password: the job fails at once and its log says who was refused', async () => {
    await using image = await pushImage({ host: closed.host, account });
    const wrong = randomAccount('alice');
    const ended = await place.run(image.name, as(closed.host, wrong));
    failedAs(ended, 'runner_configuration_error', /unauthorized|authentication required|denied/);
    assert.match(ended.trace, /Authenticating with credentials from \$DOCKER_AUTH_CONFIG/);
    assert.ok(!ended.trace.includes(wrong.password));
  });

  test('no credentials: the job fails at once', async () => {
    await using image = await pushImage({ host: closed.host, account });
    failedAs(await place.run(image.name), 'runner_configuration_error', /no basic auth credentials|unauthorized/);
  });

  test('wrong password in one source, right in the next: the job runs, and its log says what was refused', async () => {
    await using image = await pushImage({ host: closed.host, account });
    const { username, password } = account;
    const payload = { credentials: [{ type: 'registry', url: closed.host, username, password }] };
    const { job, trace } = await place.run(image.name, { ...as(closed.host, randomAccount('alice')), ...payload });
    assert.equal(job.state, 'success', trace);
    assert.match(trace, /refused the credentials from \$DOCKER_AUTH_CONFIG/);
    assert.match(trace, /Authenticating with credentials from job payload/);
  });

  test('not there: said so, and not called a refusal', async () => {
    const ended = await place.run(`${closed.host}/nothing-here:1`, as(closed.host, account));
    failedAs(ended, 'runner_configuration_error', /nothing-here.*(?:not found|unknown)/);
  });

  test('a token server that grants nothing: denied, and not called missing', async () => {
    const bob = randomAccount('bob');
    await using tokens = await startTokenServer({ accounts: [account, bob], grants: { bob: [] } });
    await using registry = await startRegistry({ tokens });
    await using image = await pushImage({ host: registry.host, account });
    failedAs(await place.run(image.name, as(registry.host, bob)), 'runner_configuration_error', /denied|unauthorized/);
    const { job, trace } = await place.run(image.name, as(registry.host, account));
    assert.equal(job.state, 'success', trace);
  });

  test('a token that has expired is replaced', async () => {
    await using tokens = await startTokenServer({ accounts: [account], lifetime: 1 });
    await using registry = await startRegistry({ tokens });
    await using image = await pushImage({ host: registry.host, account });
    for (const round of [1, 2]) {
      const { job, trace } = await place.run(image.name, { ...as(registry.host, account), pullPolicy: ['always'] });
      assert.equal(job.state, 'success', `${String(round)}: ${trace}`);
    }
    assert.ok(tokens.requests.every(({ status }) => status === 200));
  });

  test('down, and the image is here: used when the policies allow it', async () => {
    const registry = await startRegistry();
    await using image = await pushImage({ host: registry.host });
    await docker('pull', image.name);
    await registry[Symbol.asyncDispose]();
    const { job, trace } = await place.run(image.name, { pullPolicy: ['if-not-present'] });
    assert.equal(job.state, 'success', trace);
    assert.match(trace, /cannot be asked/);
  });

  test('a certificate of an unknown authority is refused; once certs.d has it, engine and agent trust it', async (t) => {
    const address = outerAddress();
    if (address === undefined) return t.skip('this machine has no address but 127.0.0.1');
    await using folder = await tempDir();
    const authority = await makeAuthority(folder.path);
    const tls = await issueCertificate(folder.path, authority, [address]);
    await using registry = await startRegistry({ address, tls });
    const ended = await place.run(`${registry.host}/anything:1`);
    failedAs(ended, 'runner_external_dependency_failure', /x509|certificate signed by unknown authority/);
    if (process.getuid?.() !== 0) return;
    await using trusted = await trustAuthority(registry.host, authority.certificate);
    assert.ok(trusted);
    await using image = await pushImage({ host: registry.host });
    for (const round of [1, 2]) {
      const { job, trace } = await place.run(image.name, { pullPolicy: ['always'] });
      assert.equal(job.state, 'success', trace);
      if (round === 2) assert.match(trace, /is up to date at its registry/);
    }
  });

  test('another processor than this one: said before anything runs', async () => {
    await using image = await pushImage({ host: open.host });
    const changes = { image: { name: image.name, executor_opts: { docker: { platform: 'linux/s390x' } } } };
    const { job, trace } = await place.run(image.name, changes);
    assert.equal(job.state, 'failed', trace);
    assert.match(trace, /does not match the specified platform|no match.* s390x/);
    assert.doesNotMatch(trace, /the script ran/);
  });

  /** A job whose image comes through a proxy that harms requests. */
  async function through(
    image: RegistryImage,
    ...rules: readonly FaultRule[]
  ): Promise<EndedJob & { readonly faults: number; readonly seconds: number }> {
    await using proxy = await startFaultProxy(open.url);
    for (const rule of rules) proxy.add(rule);
    const begin = performance.now();
    const ended = await place.run(image.at(proxy.host));
    const faults = proxy.seen.filter(({ fault }) => fault !== undefined).length;
    return { ...ended, faults, seconds: (performance.now() - begin) / 1000 };
  }

  for (const [title, headers] of [
    ['with Retry-After', { 'retry-after': '1' }],
    ['without Retry-After', {}],
  ] as const) {
    test(`429 for 5 s ${title}: the job succeeds afterwards, and its log says that it waits`, async () => {
      await using image = await pushImage({ host: open.host });
      const fault = { kind: 'status', status: 429, headers } as const;
      const { job, trace, faults, seconds } = await through(image, { fault, milliseconds: 5000 });
      assert.equal(job.state, 'success', trace);
      assert.ok(faults > 1, trace);
      assert.ok(seconds >= 5, `it took ${seconds.toFixed(1)} s`);
      assert.match(trace, /429|toomanyrequests|Too Many Requests/i);
    });
  }

  test('a storm of 502: the job succeeds afterwards', async () => {
    await using image = await pushImage({ host: open.host });
    const { job, trace, faults } = await through(image, { fault: { kind: 'status', status: 502 }, milliseconds: 3000 });
    assert.equal(job.state, 'success', trace);
    assert.ok(faults > 1, trace);
  });

  test('a layer that breaks off: it is fetched again, and the job succeeds', async () => {
    await using image = await pushImage({ host: open.host }, 300_000);
    const rule: FaultRule = { path: /blobs/, fault: { kind: 'truncate', bytes: 500 }, count: 2 };
    const { job, trace, faults } = await through(image, rule);
    assert.equal(job.state, 'success', trace);
    assert.ok(faults > 0, trace);
  });

  test('a redirect to another host: the credentials do not go there', async () => {
    await using image = await pushImage({ host: closed.host, account });
    await using thief = await startFaultProxy(closed.url);
    await using proxy = await startFaultProxy(closed.url);
    await dockerAs({ [proxy.host]: account }, 'pull', image.at(proxy.host));
    const to = thief.url.replace('127.0.0.1', 'localhost');
    proxy.add({ path: /manifests/, fault: { kind: 'redirect', to } });
    await place.run(image.at(proxy.host), { ...as(proxy.host, account), pullPolicy: ['always'] });
    assert.ok(thief.seen.length > 0);
    assert.deepEqual(
      thief.seen.filter(({ headers }) => headers.authorization !== undefined),
      [],
    );
  });
});
