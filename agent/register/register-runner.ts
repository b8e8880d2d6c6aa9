import type { RegisterRequest, RunnerIdentity, RunnerInfo } from '#protocol/runner.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Registration } from './registration.ts';
import { runnerCall } from './runner-call-error.ts';

/** Who registers, beside the token. */
export interface RegisteringAgent {
  readonly systemId: string;
  readonly info: RunnerInfo;
  /** Name of the runner at the coordinator. */
  readonly description: string;
}

const TOKEN_HINT = 'a registration token belongs into --registration-token';

/**
 * Becomes a runner: an authentication token is verified, a registration token is exchanged for one.
 * Throws RunnerCallError. The exchange is not broken off by the signal: its answer names what has to be taken back.
 */
export async function registerRunner(
  coordinator: Coordinator,
  registration: Registration,
  agent: RegisteringAgent,
  signal?: AbortSignal,
): Promise<RunnerIdentity> {
  const { token } = registration;
  const { systemId, info } = agent;
  if (registration.kind === 'authentication-token') {
    return runnerCall('verify', () => coordinator.verify({ token, systemId }, info, signal), TOKEN_HINT);
  }
  const request = registerRequest(registration, agent);
  return runnerCall('register', () => coordinator.register(request));
}

function registerRequest(
  { token, attributes }: Extract<Registration, { kind: 'registration-token' }>,
  { info, description }: RegisteringAgent,
): RegisterRequest {
  const { tagList, runUntagged, locked, accessLevel, maximumTimeout, paused, maintenanceNote } = attributes;
  return {
    token,
    info,
    description,
    run_untagged: runUntagged ?? !tagList,
    locked: locked ?? true,
    paused: paused ?? false,
    ...(tagList ? { tag_list: tagList } : {}),
    ...(accessLevel ? { access_level: accessLevel } : {}),
    ...(maximumTimeout ? { maximum_timeout: maximumTimeout } : {}),
    ...(maintenanceNote ? { maintenance_note: maintenanceNote } : {}),
  };
}
