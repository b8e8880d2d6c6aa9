import { isIP } from 'node:net';
import type { DockerConfig } from '../../config/schema/docker.ts';
import { refusedValue } from './refused-value.ts';

const HOST_GATEWAY = 'host-gateway';
const MAC = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}$/i;

/**
 * Name look-up of every container.
 * @throws {JobFailure} for name servers that are no addresses, and for hosts that have none
 */
export function nameOptions(docker: DockerConfig): Readonly<Record<string, unknown>> {
  for (const server of docker.dns)
    if (isIP(server) === 0) throw refusedValue('dns', server, 'an IP address', 'runner_configuration_error');
  for (const line of docker.extra_hosts)
    if (!isHostLine(line))
      throw refusedValue('extra_hosts', line, 'name:address or name:host-gateway', 'runner_configuration_error');
  return { Dns: docker.dns, DnsSearch: docker.dns_search, ExtraHosts: docker.extra_hosts };
}

/**
 * How the build container is joined to its network: names, MAC address and links. Empty where nothing is to be said.
 * `names` are for networks with a name server.
 */
export function buildEndpoint(
  docker: DockerConfig,
  network: string | undefined,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const mac = macAddress(docker.mac_address);
  if (network?.startsWith('container:') === true) {
    if (mac === undefined) return {};
    const expected = `no MAC address beside network_mode = "${network}": the network is another container's`;
    throw refusedValue('mac_address', mac, expected, 'runner_configuration_error');
  }
  const endpoint = { ...linked(docker, network, names), ...(mac === undefined ? {} : { MacAddress: mac }) };
  if (Object.keys(endpoint).length === 0) return {};
  // engines before API 1.44 read the address here only; newer ones want both to be equal
  const whole = mac === undefined || network === 'host' || network === 'none' ? {} : { MacAddress: mac };
  return { ...whole, NetworkingConfig: { EndpointsConfig: { [network ?? 'bridge']: endpoint } } };
}

/** How the helper container is joined to its network: it runs beside the build container, so it cannot have the same MAC address. */
export function helperEndpoint(docker: DockerConfig, network: string | undefined): Readonly<Record<string, unknown>> {
  if (network === undefined || docker.links.length === 0 || !hasNameServer(network)) return {};
  return { NetworkingConfig: { EndpointsConfig: { [network]: linked(docker, network, []) } } };
}

/** The names of a service on its network, and its address when that is fixed. */
export function serviceEndpoint(
  network: string | undefined,
  names: readonly string[],
  address?: string,
): Readonly<Record<string, unknown>> {
  if (network === undefined || !hasNameServer(network)) return {};
  const fixed = address === undefined ? {} : { IPAMConfig: { IPv4Address: address } };
  return { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [...names], ...fixed } } } };
}

/** Only a network of our own or a named one has a name server that knows the containers on it. */
export const hasNameServer = (network: string | undefined): boolean =>
  network !== undefined && !/^(default|bridge|host|none|container:.*)$/.test(network);

/** Elsewhere links belong to the host config, and names into /etc/hosts. */
const linked = (docker: DockerConfig, network: string | undefined, names: readonly string[]): object =>
  hasNameServer(network) ? { Aliases: [...names], ...(docker.links.length === 0 ? {} : { Links: docker.links }) } : {};

function macAddress(text: string | undefined): string | undefined {
  if (text !== undefined && !MAC.test(text))
    throw refusedValue('mac_address', text, 'an address such as 02:42:ac:11:00:02', 'runner_configuration_error');
  return text;
}

function isHostLine(line: string): boolean {
  const [, name = '', address = ''] = /^([^:=]+)[:=](.*)$/.exec(line) ?? [];
  return name.trim() !== '' && (address === HOST_GATEWAY || isIP(address.replace(/^\[(.*)\]$/, '$1')) !== 0);
}
