import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerDetails, DockerClient } from '../../docker/docker-client.ts';
import { EngineUnreachableError } from '../../docker/docker-error.ts';

/** How long an engine may be away while a script runs: a restart, an upgrade. */
const LONGEST_ABSENCE_MS = 60_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/** A container as the engine knows it; `wasAway`: the engine had to be waited for. */
export interface PatientInspection {
  readonly details: ContainerDetails;
  readonly wasAway: boolean;
}

/**
 * Asks the engine about a container, and waits for an engine that is being restarted; `onAway` is called when that begins.
 * Rejects with the engine's error, or the signal's reason.
 */
export async function inspectPatiently(
  docker: DockerClient,
  id: string,
  signal: AbortSignal,
  onAway: (seconds: number) => void = () => undefined,
): Promise<PatientInspection> {
  const until = performance.now() + LONGEST_ABSENCE_MS;
  for (let pause = FIRST_PAUSE_MS, wasAway = false; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return { details: await docker.inspectContainer(id), wasAway };
    } catch (error) {
      if (!(error instanceof EngineUnreachableError) || performance.now() > until) throw error;
    }
    if (!wasAway) onAway(LONGEST_ABSENCE_MS / 1000);
    wasAway = true;
    await delay(pause, undefined, { signal });
  }
}
