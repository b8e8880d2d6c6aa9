import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A unix socket that passes everything on to another one, until it is cut: connections break, new ones are refused. */
export class CutProxy implements AsyncDisposable {
  readonly path: string;
  readonly #target: string;
  #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(path: string, target: string) {
    this.path = path;
    this.#target = target;
    this.#server = this.#makeServer();
  }

  #makeServer(): Server {
    return createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ path: this.#target, allowHalfOpen: true });
      for (const socket of [client, engine]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#sockets.delete(socket));
      }
      client.pipe(engine);
      engine.pipe(client);
    });
  }

  static async listen(path: string, target: string): Promise<CutProxy> {
    const proxy = new CutProxy(path, target);
    await proxy.#listen();
    return proxy;
  }

  /** Takes connections again after a cut. */
  async mend(): Promise<void> {
    this.#server = this.#makeServer();
    await this.#listen();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.path);
    await once(this.#server, 'listening');
  }

  cut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
  }
}
