import { explain, SetupError } from '../common/setup-error.ts';
import { type EngineKind, parseEngineKind } from '../engine/engine-kind.ts';
import { DEFAULT_SOCKET } from '../engine/engine-paths.ts';
import { probeEngine } from '../engine/probe-engine.ts';
import { findRunningEngine } from '../engine/running-engine.ts';
import { startEngine } from '../engine/start-engine.ts';
import { stopEngine } from '../engine/stop-engine.ts';

/** The engine that a test run uses. */
export interface TestEngine {
  /** Undefined: none can be had, the tests that need one are skipped. */
  readonly socket: string | undefined;
  /** For people: which engine, or why another one than asked for. */
  readonly notices: readonly string[];
  /** Ends the engine when it was started for this run. */
  readonly release: () => Promise<void>;
}

/**
 * Finds or starts the engine. `asked` is DOCKWORKER_TEST_ENGINE: distro, current, a socket's path, or nothing.
 * An engine that answers is used as it is. Throws `SetupError` when a named socket has no engine.
 */
export async function prepareTestEngine(asked: string | undefined): Promise<TestEngine> {
  if (asked?.includes('/') === true) return namedEngine(asked.replace(/^unix:\/\//, ''));
  const kind = asked === undefined ? undefined : parseEngineKind(asked);
  const socket = process.env['DOCKER_HOST']?.replace(/^unix:\/\//, '') ?? DEFAULT_SOCKET;
  const [engine, running] = await Promise.all([probeEngine(socket), findRunningEngine()]);
  if (engine === undefined) return kind === 'current' ? startCurrent() : start('distro', []);
  const other = kind !== undefined && kind !== running?.kind;
  const why = other ? `; ${kind} was asked for, but only one engine can use the host's network` : '';
  return used(socket, `uses the engine ${engine.version} that answers on ${socket}${why}`);
}

async function namedEngine(socket: string): Promise<TestEngine> {
  const engine = await probeEngine(socket);
  if (engine === undefined) throw new SetupError(`no engine answers on ${socket} (DOCKWORKER_TEST_ENGINE)`);
  return used(socket, `uses the engine ${engine.version} on ${socket}`);
}

function used(socket: string, notice: string): TestEngine {
  return { socket, notices: [notice], release: () => Promise.resolve() };
}

async function startCurrent(): Promise<TestEngine> {
  try {
    return await started('current', []);
  } catch (error) {
    return start('distro', [`the current engine cannot be had, so this release's ran the tests: ${explain(error)}`]);
  }
}

async function start(kind: EngineKind, notices: readonly string[]): Promise<TestEngine> {
  try {
    return await started(kind, notices);
  } catch (error) {
    const notice = `no engine, so the tests that need one were skipped: ${explain(error)}`;
    return { socket: undefined, notices: [...notices, notice], release: () => Promise.resolve() };
  }
}

async function started(kind: EngineKind, notices: readonly string[]): Promise<TestEngine> {
  const { version } = await startEngine(kind);
  return {
    socket: DEFAULT_SOCKET,
    notices: [...notices, `started the ${kind} engine ${version}`],
    release: async () => void (await stopEngine()),
  };
}
