import { readFile } from 'node:fs/promises';
import { ENGINE_KINDS, type EngineKind } from './engine-kind.ts';
import { enginePaths } from './engine-paths.ts';

/** An engine that these scripts have started and that still lives. */
export interface RunningEngine {
  readonly kind: EngineKind;
  readonly pid: number;
}

/** Undefined when none of ours runs; one that others have started does not count. */
export async function findRunningEngine(): Promise<RunningEngine | undefined> {
  for (const kind of ENGINE_KINDS) {
    const pid = await livePid(enginePaths(kind).pidFile);
    if (pid !== undefined) return { kind, pid };
  }
  return undefined;
}

async function livePid(pidFile: string): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(pidFile, 'utf8'));
    const name = await readFile(`/proc/${String(pid)}/comm`, 'utf8');
    return name.trim() === 'dockerd' ? pid : undefined;
  } catch {
    return undefined;
  }
}
