import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Shutdown, type SigtermPolicy } from '../../../../agent/daemon/shutdown.ts';
import { FakeSignals } from '../../../support/fake-signals.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLogger } from '../../../support/poll-fixtures.ts';

function begin({ apartMs = 1000, onSigterm = 'abort' }: { apartMs?: number; onSigterm?: SigtermPolicy } = {}): {
  signals: FakeSignals;
  shutdown: Shutdown;
  clock: ManualClock;
  end: () => void;
  code: Promise<number>;
  state: () => string;
} {
  const signals = new FakeSignals();
  let time = 0;
  const shutdown = new Shutdown(signals, recordingLogger().logger, {
    now: () => (time += apartMs),
    onSigterm: () => onSigterm,
  });
  const clock = new ManualClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  const code = shutdown.exitCode(promise, clock, () => 30_000);
  const state = (): string =>
    [shutdown.stopping, shutdown.aborting, shutdown.forced, shutdown.detaching]
      .map(({ aborted }) => (aborted ? 'x' : '-'))
      .join('');
  return { signals, shutdown, clock, end: resolve, code, state };
}

describe('what a signal means: stopping, aborting, forced, detaching', () => {
  for (const [onSigterm, sequence, states] of [
    ['abort', 'SIGQUIT', 'x---'],
    ['abort', 'SIGTERM', 'xx--'],
    ['abort', 'SIGINT', 'xx--'],
    ['abort', 'SIGQUIT SIGQUIT', 'x--- x---'],
    ['abort', 'SIGQUIT SIGTERM SIGTERM', 'x--- xx-- xxx-'],
    ['abort', 'SIGTERM SIGINT', 'xx-- xxx-'],
    ['abort', 'SIGINT SIGQUIT', 'xx-- xxx-'],
    ['detach', 'SIGTERM', 'x--x'],
    ['detach', 'SIGINT', 'xx--'],
    ['detach', 'SIGQUIT SIGTERM', 'x--- x--x'],
    ['detach', 'SIGTERM SIGTERM', 'x--x x-xx'],
    ['detach', 'SIGTERM SIGINT', 'x--x x-xx'],
    ['detach', 'SIGINT SIGTERM', 'xx-- xxx-'],
  ] as const)
    test(`on_sigterm ${onSigterm}: ${sequence}`, () => {
      const { signals, state } = begin({ onSigterm });
      assert.equal(state(), '----');
      const seen = sequence.split(' ').map((signal) => {
        signals.send(signal as NodeJS.Signals);
        return state();
      });
      assert.equal(seen.join(' '), states);
    });

  test('the same signal again at once is an echo of a process group, not a second wish', () => {
    const { signals, state } = begin({ apartMs: 100 });
    signals.send('SIGTERM');
    signals.send('SIGTERM');
    assert.equal(state(), 'xx--');
    signals.send('SIGINT');
    assert.equal(state(), 'xxx-');
  });

  test('the reason names the signal', () => {
    const { signals, shutdown } = begin();
    signals.send('SIGTERM');
    assert.match(String(shutdown.aborting.reason), /ShutdownError: the agent was stopped by SIGTERM/);
  });
});

describe('exit code', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)
    test(`${signal}: 0 once everything has ended`, async () => {
      const { signals, end, code } = begin();
      signals.send(signal);
      end();
      assert.equal(await code, 0);
    });

  test('a second signal: 1 at once', async () => {
    const { signals, code } = begin();
    signals.send('SIGTERM');
    signals.send('SIGTERM');
    assert.equal(await code, 1);
  });

  test('an abort that takes longer than shutdown_timeout: 1', async () => {
    const { signals, clock, code, state } = begin();
    signals.send('SIGTERM');
    await clock.advance(29_999);
    assert.equal(state(), 'xx--');
    await clock.advance(1);
    assert.equal(await code, 1);
    assert.equal(state(), 'xxx-', 'whoever still waits is told');
  });

  test('a detach: 0 once jobs are let go of, 1 when that takes longer than shutdown_timeout', async () => {
    const easy = begin({ onSigterm: 'detach' });
    easy.signals.send('SIGTERM');
    easy.end();
    assert.equal(await easy.code, 0);
    const stubborn = begin({ onSigterm: 'detach' });
    stubborn.signals.send('SIGTERM');
    await stubborn.clock.advance(30_000);
    assert.equal(await stubborn.code, 1);
  });

  test('a drain takes as long as it takes; the limit counts from the abort', async () => {
    const { signals, clock, code, end } = begin();
    signals.send('SIGQUIT');
    await clock.advance(3_600_000);
    signals.send('SIGTERM');
    await clock.advance(29_000);
    end();
    assert.equal(await code, 0);
    assert.equal(clock.sleeping, 0, 'no timer keeps the process alive');
  });
});

test('disposed, it listens to nothing', () => {
  const signals = new FakeSignals();
  {
    using _ = new Shutdown(signals, recordingLogger().logger);
    assert.equal(signals.listeners, 3);
  }
  assert.equal(signals.listeners, 0);
});
