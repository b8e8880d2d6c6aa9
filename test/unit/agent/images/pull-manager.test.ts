import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DockerClient, PullProgress, PullRequest } from '../../../../agent/docker/docker-client.ts';
import { DockerError, EngineUnreachableError } from '../../../../agent/docker/docker-error.ts';
import { PullManager } from '../../../../agent/images/pull-manager.ts';
import { fakeDocker } from '../../../support/fake-docker-client.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { RushingClock } from '../../../support/rushing-clock.ts';

interface Pull {
  readonly request: PullRequest;
  readonly progress: (progress: PullProgress) => void;
  readonly signal: AbortSignal | undefined;
  readonly end: (error?: Error) => void;
}

/** An engine whose pulls the test ends by hand. */
function engine() {
  const pulls: Pull[] = [];
  const docker = fakeDocker({
    pullImage: (request, progress, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
        pulls.push({ request, progress, signal, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  });
  return { docker, pulls };
}

/** An engine that answers the n-th pull with the n-th error, and the rest with success. */
function failing(...errors: readonly Error[]): { docker: DockerClient; count: () => number } {
  let count = 0;
  const docker = fakeDocker({
    pullImage: async () => {
      const error = errors[count++];
      if (error !== undefined) throw error;
    },
  });
  return { docker, count: () => count };
}

function watcher(patienceMs?: number) {
  const lines: string[] = [];
  return {
    lines,
    patienceMs,
    line: (text: string) => lines.push(text),
    warning: (text: string) => lines.push(`! ${text}`),
  };
}

const rounds = async (): Promise<void> => {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
};
const stop = new AbortController().signal;
const refused = new DockerError('Get "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection refused', 500);
const tooMany = new DockerError('toomanyrequests: slow down', 429);
const order = (docker: DockerClient, request: Partial<PullRequest> = {}, askedAt = 0) => ({
  docker,
  request: { reference: 'r.example/a:1', ...request },
  askedAt,
});

describe('PullManager: one pull for all', () => {
  test('20 jobs at once are one pull', async () => {
    const { docker, pulls } = engine();
    const manager = new PullManager();
    const all = Array.from({ length: 20 }, () => manager.pull(order(docker), watcher(), stop));
    await rounds();
    assert.equal(pulls.length, 1);
    pulls[0]?.end();
    await Promise.all(all);
  });

  test('another platform, other credentials or another image are pulls of their own', async () => {
    const { docker, pulls } = engine();
    const manager = new PullManager();
    const requests = [{}, { platform: 'linux/arm64' }, { auth: { username: 'u', password: 'p' } }];
    const all = requests.map((request) => manager.pull(order(docker, request), watcher(), stop));
    all.push(manager.pull(order(docker, { reference: 'r.example/b:1' }), watcher(), stop));
    all.push(manager.pull(order(docker, { reference: 'other.example/b:1' }), watcher(), stop));
    await rounds();
    assert.equal(pulls.length, 4, 'three at a time per registry: the fourth of r.example waits');
    for (const pull of pulls) pull.end();
    await rounds();
    pulls[4]?.end();
    await Promise.all(all);
    assert.equal(pulls[4]?.request.reference, 'r.example/b:1');
  });

  test('who asked before it ended need not pull; who asks later does', async () => {
    const clock = new RushingClock();
    const { docker, count } = failing();
    const manager = new PullManager({ clock });
    await clock.sleep(1000);
    await manager.pull(order(docker, {}, 1000), watcher(), stop);
    await manager.pull(order(docker, {}, 900), watcher(), stop);
    assert.equal(count(), 1);
    await manager.pull(order(docker, {}, 1001), watcher(), stop);
    assert.equal(count(), 2);
  });

  test('a job that goes leaves the pull to the others; the last one ends it', async () => {
    const { docker, pulls } = engine();
    const manager = new PullManager();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = manager.pull(order(docker), watcher(), first.signal);
    const two = manager.pull(order(docker), watcher(), second.signal);
    await rounds();
    first.abort(new Error('canceled'));
    await assert.rejects(one, /canceled/);
    assert.equal(pulls[0]?.signal?.aborted, false);
    second.abort(new Error('gone'));
    await assert.rejects(two, /gone/);
    assert.equal(pulls[0]?.signal?.aborted, true);
    const three = manager.pull(order(docker), watcher(), stop);
    await rounds();
    assert.equal(pulls.length, 2, 'whoever comes after begins anew');
    pulls[1]?.end();
    await three;
  });

  test('all see the failure, and the next one tries again', async () => {
    const { docker, pulls } = engine();
    const manager = new PullManager();
    const all = [1, 2].map(() => manager.pull(order(docker), watcher(), stop));
    await rounds();
    pulls[0]?.end(new DockerError('manifest unknown', 404));
    for (const one of all) await assert.rejects(one, /manifest unknown/);
    const later = manager.pull(order(docker), watcher(), stop);
    await rounds();
    pulls[1]?.end();
    await later;
  });

  test('progress reaches every watcher', async () => {
    const clock = new RushingClock();
    const { docker, pulls } = engine();
    const manager = new PullManager({ clock });
    const [one, two] = [watcher(), watcher()];
    const all = [one, two].map((each) => manager.pull(order(docker), each, stop));
    await rounds();
    await clock.sleep(1500);
    pulls[0]?.progress({ id: '0123456789ab', status: 'Downloading', current: 1e6, total: 2e6 });
    pulls[0]?.end();
    await Promise.all(all);
    for (const { lines } of [one, two])
      assert.ok(lines.includes('r.example/a:1: 0 of 1 layers, 1.0 of 2.0 MB'), lines.join('\n'));
  });
});

describe('PullManager: trying again', () => {
  test('a registry that comes back', async () => {
    const { docker, count } = failing(
      refused,
      new DockerError('received unexpected HTTP status: 502 Bad Gateway', 500),
    );
    const mine = watcher();
    await new PullManager({ clock: new RushingClock(), random: () => 1 }).pull(order(docker), mine, stop);
    assert.equal(count(), 3);
    assert.deepEqual(mine.lines, [
      `! ${refused.message}; trying again in 1.0 s`,
      '! received unexpected HTTP status: 502 Bad Gateway; trying again in 2.0 s',
    ]);
  });

  test('429 for minutes; what the registry asks for is waited', async () => {
    const clock = new RushingClock();
    const { docker } = failing(...Array.from({ length: 4 }, () => tooMany));
    const asked = { ...order(docker), retryAfter: async () => 45_000 };
    await new PullManager({ clock }).pull(asked, watcher(), stop);
    assert.deepEqual(clock.sleeps, [45_000, 45_000, 45_000, 45_000]);
  });

  test('the limit is one of time', async () => {
    for (const [error, atMost] of [
      [refused, 60_000],
      [tooMany, 300_000],
    ] as const) {
      const clock = new RushingClock();
      const { docker } = failing(...Array.from({ length: 1000 }, () => error));
      await assert.rejects(new PullManager({ clock, random: () => 0.5 }).pull(order(docker), watcher(), stop), error);
      assert.ok(clock.now() <= atMost && clock.now() > atMost - 15_000, String(clock.now()));
    }
  });

  for (const message of [
    'manifest for r.example/a:1 not found: manifest unknown',
    'unauthorized: authentication required',
    'failed to register layer: no space left on device',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'no matching manifest for linux/s390x in the manifest list entries',
    'filesystem layer verification failed for digest sha256:00',
  ])
    test(`not again: ${message}`, async () => {
      const { docker, count } = failing(new DockerError(message, 500));
      await assert.rejects(new PullManager({ clock: new RushingClock() }).pull(order(docker), watcher(), stop));
      assert.equal(count(), 1);
    });

  test('an engine that is away is not waited for', async () => {
    const { docker, count } = failing(new EngineUnreachableError('unix:///x', 'ECONNREFUSED'));
    await assert.rejects(new PullManager({ clock: new RushingClock() }).pull(order(docker), watcher(), stop));
    assert.equal(count(), 1);
  });

  test('who has another way does not wait as long; the others do', async () => {
    const clock = new ManualClock();
    const { docker } = failing(...Array.from({ length: 6 }, () => refused));
    const manager = new PullManager({ clock, random: () => 1 });
    const hasty = assert.rejects(manager.pull(order(docker), watcher(15_000), stop), refused);
    const patient = manager.pull(order(docker), watcher(), stop);
    await clock.advance(15_000);
    await hasty;
    await clock.advance(60_000);
    await patient;
  });

  test('a job that is stopped while it waits stops at once', async () => {
    const clock = new ManualClock();
    const { docker, count } = failing(refused);
    const controller = new AbortController();
    const pull = new PullManager({ clock }).pull(order(docker), watcher(), controller.signal);
    await clock.advance(0);
    controller.abort(new Error('canceled'));
    await assert.rejects(pull, /canceled/);
    await clock.advance(60_000);
    assert.equal(count(), 1);
  });
});
