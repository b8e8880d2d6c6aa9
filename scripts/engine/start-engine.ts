import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../common/setup-error.ts';
import { engineCommand, LOCK_HELD } from './engine-command.ts';
import type { EngineKind } from './engine-kind.ts';
import { DEFAULT_SOCKET, enginePaths, RUN_DIR } from './engine-paths.ts';
import { askVersion, type EngineVersion, probeEngine } from './probe-engine.ts';

const START_TIMEOUT = 90_000;

/** Starts an engine on the default socket and waits until it answers. It outlives this process. Throws `SetupError`. */
export async function startEngine(kind: EngineKind): Promise<EngineVersion> {
  if ((await probeEngine(DEFAULT_SOCKET)) !== undefined) {
    throw new SetupError(`an engine answers on ${DEFAULT_SOCKET} already; only one can use the host's network`);
  }
  if (process.getuid?.() !== 0) throw new SetupError('an engine can be started by root only');
  const command = await engineCommand(kind);
  await mkdir(RUN_DIR, { recursive: true });
  await mkdir(enginePaths(kind).dataRoot, { recursive: true });
  await rm(DEFAULT_SOCKET, { force: true });
  const started = await spawnDetached(command, enginePaths(kind).logFile);
  const decided = new AbortController();
  try {
    return await Promise.race([failure(started, kind, decided.signal), answer(decided.signal)]);
  } catch (error) {
    await end(started);
    throw error;
  } finally {
    decided.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.kill('SIGTERM')) await once(child, 'exit');
}

async function spawnDetached(command: readonly string[], logFile: string): Promise<ChildProcess> {
  const log = await open(logFile, 'w');
  const [program = '', ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd], cwd: '/' });
  try {
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  child.unref();
  return child;
}

async function answer(decided: AbortSignal): Promise<EngineVersion> {
  const timeout = AbortSignal.timeout(START_TIMEOUT);
  const signal = AbortSignal.any([decided, timeout]);
  try {
    await socketAppears(signal);
    return await firstAnswer(signal);
  } catch (error) {
    if (!timeout.aborted) throw error;
    throw new SetupError(`the engine does not answer after ${String(START_TIMEOUT / 1000)} s`, { cause: error });
  }
}

async function socketAppears(signal: AbortSignal): Promise<void> {
  const watcher = watch(dirname(DEFAULT_SOCKET));
  try {
    while (!existsSync(DEFAULT_SOCKET)) await once(watcher, 'change', { signal });
  } finally {
    watcher.close();
  }
}

/** A socket exists a moment before anything listens on it; nothing tells when that has changed. */
async function firstAnswer(signal: AbortSignal): Promise<EngineVersion> {
  for (;;) {
    try {
      return await askVersion(DEFAULT_SOCKET, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isRefused(error)) throw error;
      await delay(20, undefined, { signal });
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

async function failure(child: ChildProcess, kind: EngineKind, signal: AbortSignal): Promise<never> {
  await once(child, 'exit', { signal });
  if (child.exitCode === LOCK_HELD)
    throw new SetupError('another engine is starting or still ending; try again when it is done');
  const { logFile } = enginePaths(kind);
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-12).join('\n');
  throw new SetupError(
    `the ${kind} engine ended with code ${String(child.exitCode)}; the end of ${logFile}:\n${lines}`,
  );
}
