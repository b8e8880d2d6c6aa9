import { createHash } from 'node:crypto';

/** A private IPv6 network (RFC 4193) for the job of this seed: older engines have no pool to take one from. */
export function ipv6Subnet(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `fd${hex.slice(0, 2)}:${hex.slice(2, 6)}:${hex.slice(6, 10)}:${hex.slice(10, 14)}::/64`;
}
