import type { Coordinator, RunnerCredentials } from '../coordinator/coordinator.ts';
import { isAuthenticationToken } from './registration.ts';
import { runnerCall } from './runner-call-error.ts';

/**
 * Signs off: a runner that was made at the coordinator stays there and loses this manager alone, one that was made by
 * registration is removed. Throws RunnerCallError.
 */
export async function unregisterRunner(
  coordinator: Coordinator,
  runner: RunnerCredentials,
  signal?: AbortSignal,
): Promise<void> {
  const ask = isAuthenticationToken(runner.token)
    ? () => coordinator.unregisterManager(runner, signal)
    : () => coordinator.unregisterRunner(runner.token, signal);
  await runnerCall('unregister', ask);
}
