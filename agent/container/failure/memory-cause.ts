import { formatBytes } from '../../common/byte-size.ts';
import type { ContainerUsage } from '../cgroup/container-usage.ts';

/** How near to its limit a container must have been for the limit to be what killed it. */
const AT_LIMIT = 0.98;

/**
 * The cause of a process that the kernel killed for memory. `limit`: that of the container in bytes, undefined for none.
 * `what`: the container, as in "the build container".
 */
export function memoryCause(what: string, usage: ContainerUsage | undefined, configured: number | undefined): string {
  const limit = usage?.memoryLimit ?? configured;
  const peak = usage?.memoryPeak;
  if (limit === undefined) {
    const used = peak === undefined ? '' : ` (it had ${formatBytes(peak)})`;
    return `out of memory: the host had none left for ${what}, which has no limit of its own${used}`;
  }
  if (peak !== undefined && peak < limit * AT_LIMIT)
    return `out of memory: a process of ${what} was killed at ${formatBytes(peak)}, below its limit of ${formatBytes(limit)}: the host had none left`;
  const used = peak === undefined ? 'used up' : `used ${formatBytes(peak)} of`;
  return `out of memory: ${what} ${used} its limit of ${formatBytes(limit)} ("memory" in [runners.docker])`;
}
