/** A range of IPv4 addresses: the first one as a number, and how many leading bits all of them share. */
export interface Subnet {
  readonly address: number;
  readonly prefix: number;
}

const NOTATION = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** `172.30.0.0/16`; bits beyond the prefix are dropped. Undefined for anything else. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, ...digits] = NOTATION.exec(text) ?? [];
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = digits.map(Number);
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  return { address: firstAddress(((a << 24) | (b << 16) | (c << 8) | d) >>> 0, prefix), prefix };
}

export const formatSubnet = ({ address, prefix }: Subnet): string => `${formatAddress(address)}/${prefix}`;

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');

/** Whether they have an address in common. */
export function overlap(one: Subnet, other: Subnet): boolean {
  const prefix = Math.min(one.prefix, other.prefix);
  return firstAddress(one.address, prefix) === firstAddress(other.address, prefix);
}

/** Addresses in a subnet of this prefix. */
export const subnetSize = (prefix: number): number => 2 ** (32 - prefix);

const firstAddress = (address: number, prefix: number): number =>
  prefix === 0 ? 0 : (address & (-1 << (32 - prefix))) >>> 0;
