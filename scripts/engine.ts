import { Argument, Command } from 'commander';
import { explain, isSetupError } from './common/setup-error.ts';
import { ENGINE_KINDS, parseEngineKind } from './engine/engine-kind.ts';
import { DEFAULT_SOCKET, enginePaths } from './engine/engine-paths.ts';
import { probeEngine } from './engine/probe-engine.ts';
import { findRunningEngine } from './engine/running-engine.ts';
import { startEngine } from './engine/start-engine.ts';
import { stopEngine } from './engine/stop-engine.ts';

async function start(word: string): Promise<void> {
  const kind = parseEngineKind(word);
  const running = await findRunningEngine();
  if (running?.kind === kind) return status();
  const { version, apiVersion } = await startEngine(kind);
  console.log(`${kind} engine ${version} (API ${apiVersion}) answers on unix://${DEFAULT_SOCKET}`);
  console.log(`log: ${enginePaths(kind).logFile}`);
}

async function stop(): Promise<void> {
  const stopped = await stopEngine();
  console.log(stopped === undefined ? 'no engine of ours runs' : `${stopped.kind} engine stopped`);
}

async function status(): Promise<void> {
  const [engine, running] = await Promise.all([probeEngine(DEFAULT_SOCKET), findRunningEngine()]);
  if (engine === undefined) {
    console.log(`no engine answers on unix://${DEFAULT_SOCKET}`);
    process.exitCode = 1;
    return;
  }
  const owner = running === undefined ? 'not started from here' : `${running.kind}, pid ${String(running.pid)}`;
  console.log(`engine ${engine.version} (API ${engine.apiVersion}) answers on unix://${DEFAULT_SOCKET}; ${owner}`);
}

const program = new Command('engine').description('A Docker Engine for tests, started and stopped on this machine');
const kindArgument = new Argument('[kind]', "this release's engine, or the current one").choices(ENGINE_KINDS);
program.command('start').description('start an engine').addArgument(kindArgument.default('distro')).action(start);
program.command('stop').description('stop the engine that was started here').action(stop);
program.command('status').description('say which engine answers').action(status);

try {
  await program.parseAsync();
} catch (error) {
  if (!isSetupError(error)) throw error;
  console.error(explain(error));
  process.exitCode = 1;
}
