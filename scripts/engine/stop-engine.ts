import { runCommand } from '../common/run-command.ts';
import { SetupError } from '../common/setup-error.ts';
import { ENGINE_LOCK, enginePaths } from './engine-paths.ts';
import { findRunningEngine, type RunningEngine } from './running-engine.ts';

const STOP_TIMEOUT_SECONDS = '60';

/** Ends the engine that these scripts have started and waits for its end; undefined when none runs. */
export async function stopEngine(): Promise<RunningEngine | undefined> {
  const engine = await findRunningEngine();
  if (engine === undefined) return undefined;
  process.kill(engine.pid, 'SIGTERM');
  try {
    await runCommand('flock', ['--timeout', STOP_TIMEOUT_SECONDS, ENGINE_LOCK, 'true']);
  } catch (error) {
    const { logFile } = enginePaths(engine.kind);
    throw new SetupError(`the engine (pid ${String(engine.pid)}) does not end; see ${logFile}`, { cause: error });
  }
  return engine;
}
