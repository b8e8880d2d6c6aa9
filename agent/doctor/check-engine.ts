import { statfs } from 'node:fs/promises';
import { formatDuration } from '../common/duration.ts';
import { describeError } from '../common/errors/describe-error.ts';
import type { EngineInfo } from '../docker/engine-info.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** The oldest API that has everything a job needs (Engine 20.10). */
const OLDEST_API = '1.41';
const GIB = 2 ** 30;
const TIGHT_BYTES = 5 * GIB;
const FULL_BYTES = GIB;

/** What the engine says, or why it says nothing; `info` when it could be asked. */
export async function checkEngine(
  host: string,
  ask: () => Promise<EngineInfo>,
): Promise<{ finding: Finding; info: EngineInfo | undefined }> {
  try {
    const info = await ask();
    return { finding: describeEngine(host, info), info };
  } catch (error) {
    return { finding: fail('engine', `${host}: ${describeError(error)}`), info: undefined };
  }
}

function describeEngine(host: string, info: EngineInfo): Finding {
  const { version, apiVersion, storageDriver, cgroupVersion, cgroupDriver, os, architecture, warnings } = info;
  const cgroup = `cgroup v${cgroupVersion || '?'} (${cgroupDriver || 'no driver'})`;
  const facts = `${host}: ${version}, API ${apiVersion}, ${os}/${architecture}, ${storageDriver}, ${cgroup}`;
  if (isOlder(apiVersion, OLDEST_API)) return fail('engine', `${facts}; API ${OLDEST_API} is needed`, warnings);
  return warnings.length > 0 ? warn('engine', facts, warnings) : ok('engine', facts);
}

/** Free space where the engine keeps images and containers; only an engine of this machine can be looked at. */
export async function checkDisk(host: string, { rootDirectory }: EngineInfo): Promise<Finding> {
  if (!host.startsWith('unix://')) return ok('disk', `${rootDirectory} is on another host and not looked at`);
  try {
    const { bavail, blocks, bsize } = await statfs(rootDirectory);
    return describeDisk(rootDirectory, bavail * bsize, blocks * bsize);
  } catch (error) {
    return warn('disk', `free space of ${rootDirectory} is not known: ${describeError(error)}`);
  }
}

/** Sizes in bytes. */
export function describeDisk(path: string, free: number, total: number): Finding {
  const text = `${path} has ${gibibytes(free)} of ${gibibytes(total)} free`;
  if (free < FULL_BYTES) return fail('disk', text);
  return free < TIGHT_BYTES ? warn('disk', text) : ok('disk', text);
}

const gibibytes = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = than.split('.').map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/** An object that the next sweep of an agent removes. */
export interface Leftover {
  /** `container`, `network` or `volume`. */
  readonly kind: string;
  readonly name: string;
  readonly jobId: string;
  /** Milliseconds since it was made; undefined when the engine does not tell. */
  readonly ageMs: number | undefined;
}

/** What ended jobs have left on an engine. */
export function describeLeftovers(host: string, leftovers: readonly Leftover[]): Finding {
  if (leftovers.length === 0) return ok('leftovers', `${host}: ended jobs have left nothing`);
  const count = leftovers.length === 1 ? '1 object' : `${leftovers.length} objects`;
  const lines = leftovers.map(({ kind, name, jobId, ageMs }) => {
    const age = ageMs === undefined ? '' : `, ${formatDuration(ageMs)} old`;
    return `${kind} ${name} of job ${jobId}${age}`;
  });
  return warn(
    'leftovers',
    `${host}: ended jobs have left ${count}; a running agent removes them within 10 minutes`,
    lines,
  );
}
