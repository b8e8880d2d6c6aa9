import { BlockList, isIP } from 'node:net';

/** Which registries may be spoken to without a verified certificate, or without TLS. */
export interface InsecureRegistries {
  /** `host[:port]` as in references. */
  readonly hosts: readonly string[];
  /** Networks: `10.0.0.0/8`. */
  readonly networks: readonly string[];
}

/** The engine's own rule when it has no `insecure-registries`: this machine only. */
export const loopbackOnly: InsecureRegistries = { hosts: ['localhost'], networks: ['127.0.0.0/8', '::1/128'] };

/**
 * Whether `registry` (`host[:port]`) is insecure: it is listed with its port, or its host is `localhost` or an address of a listed
 * network. Names are not looked up, so that nobody's DNS answer makes a registry insecure.
 */
export function isInsecure(registry: string, { hosts, networks }: InsecureRegistries): boolean {
  const host = registry.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (hosts.includes(registry) || host === 'localhost') return true;
  const family = isIP(host);
  if (family === 0) return false;
  const listed = new BlockList();
  for (const network of [...networks, ...loopbackOnly.networks]) addNetwork(listed, network);
  return listed.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function addNetwork(listed: BlockList, network: string): void {
  const [address = '', prefix = ''] = network.split('/');
  const family = isIP(address);
  const length = Number(prefix);
  if (family !== 0 && prefix !== '' && length >= 0 && length <= (family === 6 ? 128 : 32))
    listed.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
}
