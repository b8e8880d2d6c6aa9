import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Traffic, trafficOf } from '../support/registry/access-log.ts';
import { authConfig, basicAuth, randomAccount, secretForms } from '../support/registry/accounts.ts';
import { pushAgain, pushImage, type RegistryImage } from '../support/registry/registry-image.ts';
import {
  authVariable,
  type JobOptions,
  openRegistryPlace,
  type RegistryPlace,
} from '../support/registry/registry-place.ts';
import { needsRegistry } from '../support/registry/registry-tools.ts';
import { searchForSecrets } from '../support/registry/search-for-secrets.ts';
import { startRegistry, type TestRegistry } from '../support/registry/start-registry.ts';

const JOBS_AT_ONCE = 20;

describe('images that jobs share', { skip: needsRegistry() }, () => {
  const undo = new AsyncDisposableStack();
  const account = randomAccount('alice');
  const runnerAccount = randomAccount('runner');
  let place: RegistryPlace;
  let registry: TestRegistry;
  let withCredentials: JobOptions;
  before(async () => {
    registry = undo.use(await startRegistry({ accounts: [account, runnerAccount] }));
    const runnerAuth = authConfig({ 'elsewhere.example.com': runnerAccount });
    place = undo.use(await openRegistryPlace({ runnerAuth }));
    withCredentials = { variables: [authVariable(authConfig({ [registry.host]: account }))] };
  });
  after(() => undo.disposeAsync());

  /** What the work has cost at the registry. */
  async function traffic(image: RegistryImage, work: () => Promise<void>): Promise<Traffic> {
    const earlier = (await registry.requests()).length;
    await work();
    return trafficOf((await registry.requests()).slice(earlier), image.repository);
  }

  async function succeeds(image: RegistryImage, options: JobOptions): Promise<string> {
    const { job, trace } = await place.run(image.name, options);
    assert.equal(job.state, 'success', trace);
    return trace;
  }

  test(`${JOBS_AT_ONCE} jobs at once on an image that is not here: one pull`, async () => {
    await using image = await pushImage({ host: registry.host, account }, 200_000);
    const { manifestGets, blobs } = await traffic(image, async () => {
      const queued = Array.from({ length: JOBS_AT_ONCE }, () => place.queue(image.name, withCredentials));
      const ended = await Promise.all((await Promise.all(queued)).map((id) => place.ended(id)));
      for (const { job, trace } of ended) assert.equal(job.state, 'success', trace);
    });
    // its configuration and the layer of its own; the other layer is busybox's, which is here
    assert.deepEqual([manifestGets, blobs], [1, 2]);
  });

  test('always, and nothing has changed: one question, no manifest, no layer', async () => {
    await using image = await pushImage({ host: registry.host, account });
    const always = { ...withCredentials, pullPolicy: ['always'] };
    await succeeds(image, always);
    const cost = await traffic(image, async () => void (await succeeds(image, always)));
    assert.deepEqual(cost, { manifestHeads: 1, manifestGets: 0, blobs: 0 });
    await pushAgain(image, { host: registry.host, account });
    const changed = await traffic(image, async () => void (await succeeds(image, always)));
    assert.equal(changed.manifestGets, 1);
  });

  for (const policy of ['if-not-present', 'always']) {
    test(`${policy}: a private image that another brought here is not for a job without credentials`, async () => {
      await using image = await pushImage({ host: registry.host, account });
      await succeeds(image, withCredentials);
      const { job, trace } = await place.run(image.name, { pullPolicy: [policy] });
      assert.equal(job.state, 'failed', trace);
      assert.equal(job.failure_reason, 'runner_configuration_error', trace);
      assert.doesNotMatch(trace, /the script ran/);
      const cost = await traffic(image, async () => void (await succeeds(image, withCredentials)));
      assert.deepEqual(cost, { manifestHeads: 1, manifestGets: 0, blobs: 0 });
    });
  }

  test('no secret is in a log, an argument list or an inspection', async () => {
    await using image = await pushImage({ host: registry.host, account });
    const script = `echo "I know ${account.password} and ${basicAuth(account)}"; echo waiting; sleep 2`;
    const { username, password } = runnerAccount;
    const payload = { credentials: [{ type: 'registry', url: registry.host, username, password }] };
    const options = { ...withCredentials, ...payload, script, sources: true };
    const secrets = [...secretForms(account), ...secretForms(runnerAccount)];
    // what is there for all to see proves that the search sees
    const shown = [`runner.id":"${place.runner}`, 'config.toml'];
    const id = await place.queue(image.name, options);
    const search = await searchForSecrets(place, [...secrets, ...shown], place.ended(id));
    const trace = (await place.client.trace(id)).toString();
    assert.match(trace, /waiting/);
    for (const text of shown)
      assert.ok(
        search.found.some((finding) => finding.startsWith(text)),
        text,
      );
    const leaked = search.found.filter((finding) => !shown.some((text) => finding.startsWith(text)));
    assert.deepEqual(leaked, []);
    assert.ok(search.containers >= 2, `inspected ${String(search.containers)} containers`);
    assert.ok(search.processes > 10);
    for (const secret of secrets) {
      assert.ok(!trace.includes(secret), trace);
      assert.ok(!place.agentLog.includes(secret), 'in the log of the agent');
    }
  });
});
