import type { RunnerIdentity } from '#protocol/runner.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import { registerRunner, type RegisteringAgent } from './register-runner.ts';
import type { Registration } from './registration.ts';
import { unregisterRunner } from './unregister-runner.ts';

/** One registration from the first request to the kept entry. */
export interface Enrolment {
  readonly coordinator: Coordinator;
  readonly registration: Registration;
  readonly agent: RegisteringAgent;
  /** Writes the new runner down. */
  readonly keep: (identity: RunnerIdentity) => Promise<void>;
  /** Leave the runner at the coordinator when it could not be written down. */
  readonly leaveRunner: boolean;
}

/**
 * Registers and keeps the result. When that fails, or the signal aborts in between, the coordinator is told to forget
 * what it created, and the first error is thrown.
 */
export async function enrolRunner(enrolment: Enrolment, signal: AbortSignal): Promise<RunnerIdentity> {
  const { coordinator, registration, agent, keep, leaveRunner } = enrolment;
  const identity = await registerRunner(coordinator, registration, agent, signal);
  try {
    signal.throwIfAborted();
    await keep(identity);
    return identity;
  } catch (error) {
    if (leaveRunner) throw error;
    const { token } = identity;
    await unregisterRunner(coordinator, { token, systemId: agent.systemId }).catch((second: unknown) => {
      throw new AggregateError([error, second], 'the new runner could be neither written down nor unregistered', {
        cause: error,
      });
    });
    throw error;
  }
}
