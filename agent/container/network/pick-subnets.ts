import { createHash } from 'node:crypto';
import { overlap, subnetSize, type Subnet } from './subnet.ts';

/** Room for 61 containers, so that those which a job adds to its network fit too. */
const USUAL_PREFIX = 26;
/** Network, broadcast and gateway address; build and helper container; as many again for what the job adds. */
const SPARE_ADDRESSES = 16;

export interface SubnetWish {
  readonly pool: Subnet;
  /** What must not be covered: networks that the host has a route to. */
  readonly taken: readonly Subnet[];
  /** Services of the job. */
  readonly services: number;
  /** Unique per job: says where in the pool the search begins. */
  readonly seed: string;
}

/**
 * Subnets for one job's network, best first. Jobs begin at different places of the pool, so those at the same time,
 * of this agent or another, rarely meet; each subnet of the pool comes once at most.
 */
export function* pickSubnets({ pool, taken, services, seed }: SubnetWish): Generator<Subnet> {
  const prefix = Math.max(pool.prefix, Math.min(USUAL_PREFIX, prefixFor(services + SPARE_ADDRESSES)));
  const count = 2 ** (prefix - pool.prefix);
  const hash = createHash('sha256').update(seed).digest();
  const start = hash.readUInt32BE(0) % count;
  const step = hash.readUInt16BE(4) * 2 + 1; // odd, and the count is a power of two: all are reached
  for (let tried = 0; tried < count; tried += 1) {
    const address = pool.address + ((start + tried * step) % count) * subnetSize(prefix);
    const subnet = { address, prefix };
    if (!taken.some((other) => overlap(subnet, other))) yield subnet;
  }
}

const prefixFor = (addresses: number): number => 32 - Math.ceil(Math.log2(addresses));
