import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCgroup, type CgroupFolders, type CgroupPlace } from './find-cgroup.ts';

/** What one run of a container has used so far. Bytes; undefined where the kernel does not say. */
export interface ContainerUsage {
  readonly memoryPeak: number | undefined;
  readonly memoryLimit: number | undefined;
  /** Processes that the kernel has killed for memory. */
  readonly oomKills: number;
  readonly cpuSeconds: number | undefined;
}

/** cgroup v1 has no word for "no limit", but a number that no memory reaches. */
const UNLIMITED = 2 ** 60;

/**
 * Reads what a container uses from the kernel's files, which go when the container ends: at once, without asking the
 * engine, and without waiting (a fraction of a millisecond; the files are not on a disk). undefined: not to be had.
 */
export function readUsage(place: CgroupPlace): ContainerUsage | undefined {
  const folders = findCgroup(place);
  if (folders === undefined) return undefined;
  return folders.version === 1 ? readVersion1(folders) : readVersion2(folders);
}

function readVersion1({ memory, cpu }: CgroupFolders): ContainerUsage {
  const nanoseconds = readNumber(cpu, 'cpuacct.usage');
  return {
    memoryPeak: readNumber(memory, 'memory.max_usage_in_bytes'),
    memoryLimit: readNumber(memory, 'memory.limit_in_bytes'),
    oomKills: readField(memory, 'memory.oom_control', 'oom_kill') ?? 0,
    cpuSeconds: nanoseconds === undefined ? undefined : nanoseconds / 1e9,
  };
}

function readVersion2({ memory, cpu }: CgroupFolders): ContainerUsage {
  const microseconds = readField(cpu, 'cpu.stat', 'usage_usec');
  return {
    memoryPeak: readNumber(memory, 'memory.peak'),
    memoryLimit: readNumber(memory, 'memory.max'),
    oomKills: readField(memory, 'memory.events', 'oom_kill') ?? 0,
    cpuSeconds: microseconds === undefined ? undefined : microseconds / 1e6,
  };
}

function readNumber(folder: string, file: string): number | undefined {
  return toNumber(readText(folder, file).trim());
}

function readField(folder: string, file: string, field: string): number | undefined {
  const line = readText(folder, file)
    .split('\n')
    .find((text) => text.startsWith(`${field} `));
  return line === undefined ? undefined : toNumber(line.slice(field.length + 1));
}

/** Nothing where there is no such file (an old kernel), or where it has just gone. */
function readText(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return '';
  }
}

function toNumber(text: string): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && number < UNLIMITED ? number : undefined;
}
