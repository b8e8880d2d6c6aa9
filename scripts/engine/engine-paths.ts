import { join } from 'node:path';
import type { EngineKind } from './engine-kind.ts';

export const DEFAULT_SOCKET = '/var/run/docker.sock';
export const RUN_DIR = '/var/run/dockworker';
export const CACHE_DIR = '/var/cache/dockworker';

/** Held by the one engine that these scripts have started, for as long as it lives. */
export const ENGINE_LOCK = join(RUN_DIR, 'engine.lock');

/** Where an engine started here keeps its things. */
export interface EnginePaths {
  readonly pidFile: string;
  readonly logFile: string;
  readonly execRoot: string;
  readonly dataRoot: string;
}

export function enginePaths(kind: EngineKind): EnginePaths {
  return {
    pidFile: join(RUN_DIR, `${kind}.pid`),
    logFile: join(RUN_DIR, `${kind}.log`),
    execRoot: join(RUN_DIR, kind),
    dataRoot: `/var/lib/dockworker-engine/${kind}`,
  };
}
