import { formatAddress, formatSubnet, subnetSize, type Subnet } from './subnet.ts';

/** Network address and gateway. */
const FIRST = 2;

/** Which addresses of a job's network belong to whom. */
export interface AddressPlan {
  /** For the engine, in its own words. */
  readonly ipam: Readonly<Record<string, string>>;
  /** One for each service, by its place in the list; empty when the engine may choose. */
  readonly services: readonly string[];
}

/**
 * Fixed addresses for services that are to know each other before they start, in the lower half of the subnet; the
 * engine gives out the upper half. One service alone, or more than fit, get what the engine gives them.
 */
export function addressPlan(subnet: Subnet, services: number): AddressPlan {
  const half = subnetSize(subnet.prefix) / 2;
  const text = formatSubnet(subnet);
  if (services < 2 || services + FIRST > half) return { ipam: { Subnet: text }, services: [] };
  const at = (place: number): string => formatAddress(subnet.address + place);
  return {
    ipam: {
      Subnet: text,
      Gateway: at(1),
      IPRange: formatSubnet({ address: subnet.address + half, prefix: subnet.prefix + 1 }),
    },
    services: Array.from({ length: services }, (_, index) => at(FIRST + index)),
  };
}
