import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';

const FOLDER = join(import.meta.dirname, 'tls');

/** A file of test/support/tls: ca.crt has signed server.crt (127.0.0.1, localhost) and client.crt; other-ca.crt has not. */
export const tlsFile = (name: string): string => join(FOLDER, name);

/** TLS on a free port of this machine, in front of something that speaks without it. */
export class TlsFront implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, target: NetConnectOpts) {
    this.#server = server;
    server.on('secureConnection', (client) => {
      const inner = connect({ ...target, allowHalfOpen: true });
      for (const socket of [client, inner]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.pipe(inner);
      inner.pipe(client);
    });
  }

  /** `clientCertificate`: only those who have one that ca.crt has signed are let in. */
  static async listen(target: NetConnectOpts, clientCertificate: boolean): Promise<TlsFront> {
    const server = createServer({
      ca: await readFile(tlsFile('ca.crt')),
      cert: await readFile(tlsFile('server.crt')),
      key: await readFile(tlsFile('server.key')),
      requestCert: clientCertificate,
      allowHalfOpen: true,
    });
    const front = new TlsFront(server, target);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
