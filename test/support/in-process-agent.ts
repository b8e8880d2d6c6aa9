import { makeJobHost } from '../../agent/commands/make-job-host.ts';
import { systemClock, type Clock } from '../../agent/common/clock.ts';
import { CoordinatorContacts } from '../../agent/coordinator/coordinator-contact.ts';
import { HttpCoordinator } from '../../agent/coordinator/http-coordinator.ts';
import { runDaemon } from '../../agent/daemon/daemon.ts';
import { Deliveries } from '../../agent/job/delivery/deliveries.ts';
import { jobRunner } from '../../agent/job/run-job.ts';
import { engineSocket } from './engine.ts';
import { FakeSignals } from './fake-signals.ts';
import { configOf, loadedOf, recordingLogger } from './poll-fixtures.ts';

export interface InProcessAgent extends AsyncDisposable {
  readonly deliveries: Deliveries;
  readonly lines: string[];
  /** Ends it by SIGTERM; resolves with its exit code. */
  stop(): Promise<number>;
}

export interface InProcessAgentOptions {
  readonly url: string;
  readonly token: string;
  readonly stateDir: string;
  readonly concurrent: number;
  readonly clock?: Clock;
}

/** An agent in the test's own process, with the engine under test; it ends within 3 s of its clock, whatever waits. */
export function inProcessAgent(options: InProcessAgentOptions): InProcessAgent {
  const { url, token, stateDir, concurrent, clock = systemClock } = options;
  const [signals, { logger, lines }] = [new FakeSignals(), recordingLogger()];
  const docker = { host: `unix://${engineSocket()}`, image: 'busybox:latest', pull_policy: 'if-not-present' };
  const runner = { name: 'in-process', url, token, executor: 'docker', request_concurrency: concurrent, docker };
  const config = configOf({ concurrent, check_interval: 1, shutdown_timeout: 3, runners: [runner] });
  const contacts = new CoordinatorContacts();
  const deliveries = new Deliveries({ logger, clock });
  const host = { ...makeJobHost({ stateDir, systemId: 's_0123456789ab', logger }), clock, deliveries };
  const ended = runDaemon({
    loaded: loadedOf(config),
    systemId: host.systemId,
    runJob: jobRunner(host),
    stateDir,
    logger,
    signals,
    clock,
    reload: async () => loadedOf(config),
    makeCoordinator: () => new HttpCoordinator({ url, clock, contact: contacts.of(url) }),
    deliveries,
    settle: () => host.cleanups.idle(),
  });
  const stop = async (): Promise<number> => {
    if (signals.listeners > 0) signals.send('SIGTERM');
    return (await ended).exitCode;
  };
  return { deliveries, lines, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
