import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { describeError } from '../common/errors/describe-error.ts';
import { systemClock } from '../common/clock.ts';
import type { Logger } from '../common/logger.ts';
import { instanceId } from '../config/instance-id.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import { EngineClients } from '../docker/engine-clients.ts';
import { CleanupQueue } from '../executor/cleanup-queue.ts';
import { PullManager } from '../images/pull-manager.ts';
import { RegistryCheck } from '../images/registry-check.ts';
import { RegistryClient } from '../images/registry/registry-client.ts';
import { Deliveries } from '../job/delivery/deliveries.ts';
import type { JobHost } from '../job/job-host.ts';

/**
 * What the jobs of this process share.
 * @throws {CommandFailedError} when the state directory cannot be made or written
 */
export function makeJobHost(options: { stateDir: string; systemId: string; logger: Logger }): JobHost {
  const instance = keptInstance(options.stateDir);
  const engines = new EngineClients();
  const registry = new RegistryClient({ insecure: () => engines.insecureRegistries() });
  return {
    ...options,
    instance,
    hostName: hostname(),
    clock: systemClock,
    cleanups: new CleanupQueue(),
    deliveries: new Deliveries(options),
    images: { pulls: new PullManager(), check: new RegistryCheck(registry) },
    engine: (runner) => engines.for(runner.docker),
  };
}

function keptInstance(stateDir: string): string {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    return instanceId(stateDir);
  } catch (error) {
    throw new CommandFailedError(`the state directory cannot be used: ${describeError(error)}`, { cause: error });
  }
}

/** Says in the log which engines do not answer; jobs will say so too. */
export async function checkEngines(host: JobHost, runners: readonly RunnerConfig[]): Promise<void> {
  for (const runner of runners) {
    try {
      await host.engine(runner).ping(AbortSignal.timeout(5000));
    } catch (error) {
      host.logger.warn({ err: error, runner: runner.name }, 'The Docker Engine does not answer');
    }
  }
}
