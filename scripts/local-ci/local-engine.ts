import { SetupError } from '../common/setup-error.ts';
import type { EngineKind } from '../engine/engine-kind.ts';
import { DEFAULT_SOCKET } from '../engine/engine-paths.ts';
import { probeEngine } from '../engine/probe-engine.ts';
import { startEngine } from '../engine/start-engine.ts';
import { stopEngine } from '../engine/stop-engine.ts';

/** The engine that jobs run on; disposing ends it when it was started for this. */
export interface LocalEngine extends AsyncDisposable {
  readonly socket: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly startedHere: boolean;
}

/** Takes the engine that answers as it is (DOCKER_HOST, else the usual socket); starts one where none does. Throws `SetupError`. */
export async function useEngine(kind: EngineKind): Promise<LocalEngine> {
  const named = process.env['DOCKER_HOST'] || undefined;
  if (named !== undefined && !named.startsWith('unix://')) {
    throw new SetupError(`DOCKER_HOST is ${named}: only an engine behind a unix socket will do here (unix:///path)`);
  }
  const socket = named?.slice('unix://'.length) ?? DEFAULT_SOCKET;
  const answering = await probeEngine(socket);
  if (answering !== undefined) return { ...answering, socket, startedHere: false, [Symbol.asyncDispose]: nothing };
  if (socket !== DEFAULT_SOCKET) throw new SetupError(`no engine answers on ${socket} (DOCKER_HOST)`);
  const started = await startEngine(kind);
  return { ...started, socket, startedHere: true, [Symbol.asyncDispose]: async () => void (await stopEngine()) };
}

const nothing = (): Promise<void> => Promise.resolve();
