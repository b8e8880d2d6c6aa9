import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { DaemonOptions } from '../../../../agent/daemon/daemon.ts';
import { DeliveryFixture } from '../../../support/delivery-fixture.ts';
import { runnerKeys } from '../../../support/poll-fixtures.ts';
import { startDaemon, type TestDaemon } from '../../../support/start-daemon.ts';
import { tempDir } from '../../../support/temp-dir.ts';

interface Stage extends AsyncDisposable {
  readonly daemon: TestDaemon;
  readonly results: DeliveryFixture;
  /** The exit code once the daemon has ended. */
  code(): number | undefined;
}

/** A daemon with one result that waits for a coordinator which is away. */
async function stage(t: TestContext, changes: Partial<DaemonOptions> = {}, keys: object = {}): Promise<Stage> {
  const dir = await tempDir();
  const results = new DeliveryFixture(dir);
  results.server.awayUntil = Infinity;
  await results.add(results.parcel(1));
  const config = { shutdown_timeout: 20, runners: [runnerKeys('one')], ...keys };
  const daemon = startDaemon(t, config, undefined, { ...changes, deliveries: results.deliveries });
  await daemon.clock.advance(100);
  const ended: { code?: number } = {};
  void daemon.code.then((code) => (ended.code = code));
  return {
    daemon,
    results,
    code: () => ended.code,
    [Symbol.asyncDispose]: async () => {
      await results.deliveries.stop();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe('an agent that is told to stop while a result waits', () => {
  test('drains: it waits with it for shutdown_timeout, then leaves it on disk', async (t) => {
    await using s = await stage(t);
    s.daemon.signals.send('SIGQUIT');
    await s.daemon.clock.advance(19_000);
    assert.deepEqual([s.code(), s.results.released], [undefined, []]);
    await s.daemon.clock.advance(2000);
    assert.deepEqual([s.code(), s.results.released], [0, ['1 kept']]);
    assert.match(s.daemon.lines.join('\n'), /left on disk.*results=1/);
  });

  test('drains: it ends when the coordinator has taken it', async (t) => {
    await using s = await stage(t);
    s.daemon.signals.send('SIGQUIT');
    await s.daemon.clock.advance(1000);
    s.results.server.awayUntil = 0;
    await s.results.clock.advance(20_000);
    await s.daemon.clock.advance(0);
    assert.deepEqual([s.code(), s.results.released], [0, ['1 removed']]);
    assert.doesNotMatch(s.daemon.lines.join('\n'), /left on disk/);
  });

  test('aborts: it leaves it on disk in time to end with 0', async (t) => {
    await using s = await stage(t);
    s.daemon.signals.send('SIGTERM');
    await s.daemon.clock.advance(18_000);
    assert.equal(s.code(), undefined);
    await s.daemon.clock.advance(1500);
    assert.deepEqual([s.code(), s.results.released], [0, ['1 kept']]);
  });

  test('drains, then aborts: shutdown_timeout counts from the second signal', async (t) => {
    await using s = await stage(t, { single: true });
    s.daemon.signals.send('SIGQUIT');
    await s.daemon.clock.advance(60_000);
    s.daemon.signals.send('SIGTERM');
    await s.daemon.clock.advance(18_000);
    assert.equal(s.code(), undefined);
    await s.daemon.clock.advance(1500);
    assert.deepEqual([s.code(), s.results.released], [0, ['1 kept']]);
  });

  test('detaches: it leaves it on disk at once', async (t) => {
    await using s = await stage(t, { onSigterm: 'detach' });
    s.daemon.signals.send('SIGTERM');
    await s.daemon.clock.advance(6000);
    assert.deepEqual([s.code(), s.results.released], [0, ['1 kept']]);
  });

  test('without a later start it waits for hours', async (t) => {
    await using s = await stage(t, { single: true });
    s.daemon.signals.send('SIGQUIT');
    await s.daemon.clock.advance(3 * 3_600_000);
    assert.equal(s.code(), undefined);
    s.results.server.awayUntil = 0;
    await s.results.clock.advance(20_000);
    await s.daemon.clock.advance(0);
    assert.deepEqual([s.code(), s.results.released], [0, ['1 removed']]);
  });
});

describe('spool_limit', () => {
  test('holds back the asking while too much waits; a reload may raise it', async (t) => {
    await using s = await stage(t, {}, { spool_limit: 10 });
    await s.daemon.clock.advance(30_000);
    assert.equal(s.daemon.coordinator('one').asked.length, 0);
    await s.daemon.reload({ spool_limit: '1k', shutdown_timeout: 20, runners: [runnerKeys('one')] });
    await s.daemon.clock.advance(5000);
    assert.ok(s.daemon.coordinator('one').asked.length > 0);
  });
});
