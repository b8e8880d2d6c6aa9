import type { RunnerInfo } from '#protocol/runner.ts';
import type { Coordinator, RunnerCredentials } from '../coordinator/coordinator.ts';
import { isRunnerCallError, runnerCall, type RunnerCallError } from './runner-call-error.ts';

/** `valid`, `refused` (403: the token is no longer good), or `unknown`: the coordinator did not say. */
export type Verification =
  { readonly verdict: 'valid' } | { readonly verdict: 'refused' | 'unknown'; readonly error: RunnerCallError };

/** Asks whether the coordinator knows the runner. */
export async function verifyRunner(
  coordinator: Coordinator,
  runner: RunnerCredentials,
  info: RunnerInfo,
  signal?: AbortSignal,
): Promise<Verification> {
  try {
    await runnerCall('verify', () => coordinator.verify(runner, info, signal));
    return { verdict: 'valid' };
  } catch (error) {
    if (!isRunnerCallError(error)) throw error;
    return { verdict: error.status === 403 ? 'refused' : 'unknown', error };
  }
}
