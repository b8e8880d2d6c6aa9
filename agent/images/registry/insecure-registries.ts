import { BlockList, isIP } from 'node:net';

/** Which registries may be spoken to without a verified certificate, or without TLS; in the engine's words. */
export interface InsecureRegistries {
  /** `host[:port]` as in references. */
  readonly hosts: readonly string[];
  /** Networks: `10.0.0.0/8`. */
  readonly networks: readonly string[];
}

/** The engine's own rule when it has no `insecure-registries`: this machine only. */
export const loopbackOnly: InsecureRegistries = { hosts: [], networks: ['127.0.0.0/8', '::1/128'] };

/**
 * Whether `registry` (`host[:port]`) is insecure: it is listed with its port, or its host is an address of a listed network;
 * `localhost` is 127.0.0.1. Other names are not looked up, so that nobody's DNS answer makes a registry insecure.
 */
export function isInsecure(registry: string, { hosts, networks }: InsecureRegistries): boolean {
  if (hosts.includes(registry)) return true;
  const name = registry.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  const address = name === 'localhost' ? '127.0.0.1' : name;
  if (isIP(address) === 0) return false;
  const listed = new BlockList();
  for (const network of networks) addNetwork(listed, network);
  return listed.check(address, familyOf(address));
}

function addNetwork(listed: BlockList, network: string): void {
  const [address = '', prefix = ''] = network.split('/');
  const length = Number(prefix);
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (/^\d+$/.test(prefix) && length <= longest) listed.addSubnet(address, length, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
