import { isLoopback } from '../http/is-loopback.ts';

/** The name that Docker Desktop gives to the machine, and that `--add-host host.docker.internal:host-gateway` sets elsewhere. */
const hostName = 'host.docker.internal';
const everywhere = ['0.0.0.0', '::'];

/** How containers reach the coordinator: the host part of their URL, and an address to listen on for them if none does yet. */
export interface Advertised {
  readonly host: string;
  readonly alsoOn: readonly string[];
}

/**
 * The engine's bridge gateway reaches this machine from every container; without a bridge it is `host.docker.internal`.
 * A coordinator that listens on an address of its own is reached there.
 */
export function advertise(listenHost: string, bridgeAddress: string | undefined): Advertised {
  const isLocal = listenHost === 'localhost' || isLoopback(listenHost);
  if (!isLocal && !everywhere.includes(listenHost)) return { host: listenHost, alsoOn: [] };
  if (bridgeAddress === undefined) return { host: hostName, alsoOn: [] };
  return { host: bridgeAddress, alsoOn: isLocal ? [bridgeAddress] : [] };
}
