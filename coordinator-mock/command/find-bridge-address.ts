import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

const bridgeInterface = 'docker0';
const discardPort = 9;

/**
 * The IPv4 address of the engine's default bridge on this machine, undefined when there is none.
 * `os.networkInterfaces()` leaves out a bridge that no container is attached to; the kernel's routes do not.
 */
export async function findBridgeAddress(): Promise<string | undefined> {
  const host = hostOnBridge(await readFile('/proc/net/route', 'utf8').catch(() => ''));
  return host === undefined ? undefined : sourceAddressFor(host);
}

/** Some address on the bridge's network, by the kernel's route table. That writes networks as hex with the last byte first. */
export function hostOnBridge(routes: string): string | undefined {
  const route = routes.split('\n').map((line) => line.split('\t'));
  const network = route.find(([name]) => name === bridgeInterface)?.[1];
  return network === undefined ? undefined : Buffer.from(network, 'hex').toReversed().with(3, 2).join('.');
}

/** The address that this machine would send from. Connecting a datagram socket sends nothing. */
async function sourceAddressFor(host: string): Promise<string | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.connect(discardPort, host);
    await once(socket, 'connect');
    return socket.address().address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
