import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { LoadedConfig } from '../../agent/config/load-config.ts';
import { runDaemon, type DaemonEnd, type DaemonOptions } from '../../agent/daemon/daemon.ts';
import { Deliveries } from '../../agent/job/delivery/deliveries.ts';
import { PolledCoordinator } from './polled-coordinator.ts';
import { FakeSignals } from './fake-signals.ts';
import { ManualClock } from './manual-clock.ts';
import { configOf, HeldJobs, loadedOf, recordingLogger } from './poll-fixtures.ts';

/** A daemon under test. */
export interface TestDaemon {
  readonly clock: ManualClock;
  readonly signals: FakeSignals;
  readonly jobs: HeldJobs;
  readonly lines: string[];
  readonly settled: AbortSignal[];
  /** Runner names, one for each client that was made. */
  readonly made: string[];
  readonly code: Promise<number>;
  readonly end: Promise<DaemonEnd>;
  coordinator(name: string): PolledCoordinator;
  reload(keys: object): Promise<void>;
}

/** A daemon on a clock that stands still; each runner name has a coordinator of its own. */
export function startDaemon(
  t: TestContext,
  keys: object,
  prepare?: (name: string, fake: PolledCoordinator) => void,
  changes: Partial<Pick<DaemonOptions, 'onSigterm' | 'settle' | 'deliveries' | 'single'>> = {},
): TestDaemon {
  const [clock, signals, jobs, { logger, lines }] = [
    new ManualClock(),
    new FakeSignals(),
    new HeldJobs(),
    recordingLogger(),
  ];
  const coordinators = new Map<string, PolledCoordinator>();
  const coordinator = (name: string): PolledCoordinator => {
    const known = coordinators.get(name) ?? new PolledCoordinator(clock);
    if (!coordinators.has(name)) prepare?.(name, known);
    coordinators.set(name, known);
    return known;
  };
  let next: LoadedConfig = loadedOf(configOf({ check_interval: 2, ...keys }));
  const settled: AbortSignal[] = [];
  const made: string[] = [];
  const end = runDaemon({
    loaded: next,
    systemId: 's_0123456789ab',
    runJob: jobs.run,
    logger,
    signals,
    clock,
    reload: async () => next,
    makeCoordinator: ({ name }) => {
      made.push(name);
      return coordinator(name);
    },
    deliveries: new Deliveries({ logger, clock }),
    settle: async (signal) => void settled.push(signal),
    ...changes,
  });
  const code = end.then(({ exitCode }) => exitCode);
  t.after(async () => {
    if (signals.listeners > 0) signals.send('SIGTERM');
    if (signals.listeners > 0) signals.send('SIGINT');
    await code;
  });
  const reload = async (changed: object): Promise<void> => {
    next = loadedOf(configOf({ check_interval: 2, ...changed }));
    const lineCount = lines.length;
    signals.send('SIGHUP');
    for (let round = 0; !lines.slice(lineCount).some((line) => line.startsWith('Configuration loaded')); round++) {
      assert.ok(round < 1000, 'the configuration was never loaded');
      await clock.advance(0);
    }
  };
  return { clock, signals, jobs, lines, settled, made, code, end, coordinator, reload };
}
