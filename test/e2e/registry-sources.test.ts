import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { type Account, authConfig, basicAuth, randomAccount, secretForms } from '../support/registry/accounts.ts';
import { makePassStore, writeHelper } from '../support/registry/credential-store.ts';
import { type FaultProxy, startFaultProxy } from '../support/registry/fault-proxy.ts';
import { pushImage } from '../support/registry/registry-image.ts';
import {
  authVariable,
  type JobOptions,
  openRegistryPlace,
  type RegistryPlace,
} from '../support/registry/registry-place.ts';
import { needsPassStore } from '../support/registry/registry-tools.ts';
import { startRegistry, type TestRegistry } from '../support/registry/start-registry.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Where the agent may know an account from; each at a host of its own, so that no other source answers for it. */
const KINDS = ['job', 'file', 'runner', 'home', 'helper', 'store', 'payload', 'allowed', 'refused'] as const;
type Kind = (typeof KINDS)[number];

interface Sources {
  readonly place: RegistryPlace;
  readonly registry: TestRegistry;
  readonly accounts: Readonly<Record<Kind, Account>>;
  readonly hosts: Readonly<Record<Kind, FaultProxy>>;
}

async function forKinds<Value>(make: (kind: Kind) => Value | Promise<Value>): Promise<Record<Kind, Value>> {
  const entries = KINDS.map(async (kind) => [kind, await make(kind)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<Kind, Value>;
}

async function openSources(undo: AsyncDisposableStack): Promise<Sources> {
  const folder = undo.use(await tempDir());
  const accounts = await forKinds((kind) => randomAccount(`by-${kind}`));
  const registry = undo.use(await startRegistry({ accounts: Object.values(accounts) }));
  const hosts = await forKinds(async () => undo.use(await startFaultProxy(registry.url)));
  const store = undo.use(await makePassStore(folder.path, { [hosts.store.host]: accounts.store }));
  await mkdir(folder.file('bin'));
  await writeHelper(folder.file('bin'), 'scripted', accounts.helper);
  await writeHelper(folder.file('bin'), 'permitted', accounts.allowed);
  await writeHelper(folder.file('bin'), 'forbidden', accounts.refused);
  const homeConfig = JSON.stringify({
    auths: { [hosts.home.host]: { auth: basicAuth(accounts.home) } },
    credHelpers: { [hosts.helper.host]: 'scripted' },
    credsStore: 'pass',
  });
  const place = await openRegistryPlace({
    homeConfig,
    home: folder.path,
    runnerAuth: authConfig({ [hosts.runner.host]: accounts.runner }),
    runnerLines: [`allowed_docker_credential_helpers = { "${hosts.allowed.host}" = ["permitted"] }`],
    env: { ...store.env, PATH: folder.file('bin') },
  });
  undo.use(place);
  return { place, registry, accounts, hosts };
}

describe('the credentials of an image', { skip: needsPassStore(), concurrency: 3 }, () => {
  const undo = new AsyncDisposableStack();
  let sources: Sources;
  before(async () => {
    sources = await openSources(undo);
  });
  after(() => undo.disposeAsync());

  /** What the job itself brings. */
  function jobOf(kind: Kind): JobOptions {
    const { accounts, hosts } = sources;
    const { [kind]: account } = accounts;
    const { host } = hosts[kind];
    const { username, password } = account;
    const helper = (name: string): object[] => [authVariable(JSON.stringify({ credHelpers: { [host]: name } }))];
    if (kind === 'job') return { variables: [authVariable(authConfig({ [host]: account }))] };
    if (kind === 'file') return { variables: [authVariable(authConfig({ [host]: account }), true)] };
    if (kind === 'payload') return { credentials: [{ type: 'registry', url: host, username, password }] };
    if (kind === 'allowed') return { variables: helper('permitted') };
    return kind === 'refused' ? { variables: helper('forbidden') } : {};
  }

  const named: readonly (readonly [Kind, string, RegExp])[] = [
    ['job', 'DOCKER_AUTH_CONFIG of the job', /from \$DOCKER_AUTH_CONFIG/],
    ['file', 'DOCKER_AUTH_CONFIG as a file variable', /from \$DOCKER_AUTH_CONFIG/],
    ['runner', 'DOCKER_AUTH_CONFIG of the runner', /from \$DOCKER_AUTH_CONFIG \(runner environment\)/],
    ['home', 'config.json of the agent', /from .*config\.json/],
    ['helper', 'a helper of that registry', /from .*config\.json/],
    ['store', 'pass as the store', /from .*config\.json/],
    ['payload', 'the job payload', /from job payload \(GitLab Registry\)/],
    ['allowed', 'a helper that the job names and the runner allows', /from \$DOCKER_AUTH_CONFIG/],
  ];
  for (const [kind, title, source] of named) {
    test(`come from ${title}`, async () => {
      const { place, registry, accounts, hosts } = sources;
      await using image = await pushImage({ host: registry.host, account: accounts[kind] });
      const { job, trace } = await place.run(image.at(hosts[kind].host), jobOf(kind));
      assert.equal(job.state, 'success', trace);
      assert.match(trace, new RegExp(`Authenticating with credentials ${source.source}`));
      const used = new Set(hosts[kind].seen.map(({ headers }) => headers.authorization).filter((one) => one));
      assert.deepEqual([...used], [`Basic ${basicAuth(accounts[kind])}`]);
      for (const secret of secretForms(accounts[kind]))
        assert.ok(!`${trace}${place.agentLog}`.includes(secret), secret);
    });
  }

  test('come from no helper that the job names and the runner does not allow', async () => {
    const { place, registry, accounts, hosts } = sources;
    await using image = await pushImage({ host: registry.host, account: accounts.refused });
    const { job, trace } = await place.run(image.at(hosts.refused.host), jobOf('refused'));
    assert.equal(job.state, 'failed', trace);
    assert.equal(job.failure_reason, 'runner_configuration_error', trace);
    assert.match(trace, /forbidden.*(?:allowed|permit)/);
    assert.deepEqual(
      hosts.refused.seen.filter(({ headers }) => headers.authorization !== undefined),
      [],
    );
  });
});
