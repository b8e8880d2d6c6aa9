import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { DockerClient } from '../../docker/docker-client.ts';
import type { StartedService } from './service-containers.ts';

/** Pause between two dials of one port. */
const DIAL_PAUSE_MS = 50;
/** A port that is filtered does not answer at all. */
const DIAL_TIMEOUT_MS = 1000;

/** Why a service is not ready; undefined when it is. */
export type GateFailure = string | undefined;

/**
 * Resolves when any port of the service accepts a connection, when its container ends, or after `timeoutMs`.
 * Never rejects but for the signal.
 */
export async function waitForService(
  docker: DockerClient,
  service: StartedService,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<GateFailure> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await Promise.race([
      dialUntilOpen(service, until),
      containerEnd(docker, service, until),
      ...(service.ports.length === 0 ? [Promise.resolve(undefined)] : []),
    ]);
  } catch {
    signal.throwIfAborted();
    return `no connection to ${service.address}, port ${service.ports.join(' or ')}, within ${timeoutMs / 1000} s`;
  } finally {
    over.abort();
  }
}

async function dialUntilOpen(service: StartedService, until: AbortSignal): Promise<GateFailure> {
  for (;;) {
    until.throwIfAborted();
    const answers = await Promise.all(service.ports.map((port) => dial(service.address, port)));
    if (answers.some(Boolean)) return undefined;
    await delay(DIAL_PAUSE_MS, undefined, { signal: until });
  }
}

function dial(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DIAL_TIMEOUT_MS });
    const answer = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}

async function containerEnd(docker: DockerClient, service: StartedService, until: AbortSignal): Promise<GateFailure> {
  const exitCode = await docker.waitContainer(service.id, 'not-running', until);
  return `its container ended with exit code ${exitCode}`;
}
