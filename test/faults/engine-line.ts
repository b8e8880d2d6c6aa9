import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A request that makes, changes or removes something. */
const CHANGE = /^(?:POST|PUT|DELETE) \/\S+ HTTP\/1\.1\r\n/;
const ATTACH = /^POST \/\S+\/attach\?/;

/** A unix socket that leads to the engine and tells what passes, so that the agent can be killed between two requests. */
export class EngineLine implements AsyncDisposable {
  readonly path: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #changes = 0;
  /** Called with the number of a changing request once it has been passed on. */
  onChange: (number: number) => void = () => {};
  /** Called with the bytes of a script that have been passed on and those that wait; gives how many of the latter may pass. */
  onScript: (passed: number, waiting: number) => number = (_, waiting) => waiting;

  private constructor(path: string, target: string) {
    this.path = path;
    this.#server = createServer({ allowHalfOpen: true }, (agent) => this.#accept(agent, target));
  }

  static async open(path: string, target: string): Promise<EngineLine> {
    const line = new EngineLine(path, target);
    line.#server.listen(path);
    await once(line.#server, 'listening');
    return line;
  }

  /** A new agent process: its requests are numbered from 1. */
  restart(): void {
    this.#changes = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.path, { force: true });
    await Promise.resolve();
  }

  #accept(agent: Socket, target: string): void {
    const engine = connect({ path: target, allowHalfOpen: true });
    for (const socket of [agent, engine]) {
      this.#sockets.add(socket);
      socket.on('error', () => {
        agent.destroy();
        engine.destroy();
      });
      socket.on('close', () => {
        this.#sockets.delete(socket);
        agent.destroy();
        engine.destroy();
      });
    }
    engine.pipe(agent);
    this.#watch(agent, engine);
  }

  #watch(agent: Socket, engine: Socket): void {
    let attached: number | undefined;
    agent.on('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1', 0, 400);
      if (attached !== undefined && !CHANGE.test(head)) {
        const allowed = this.onScript(attached, chunk.length);
        attached += allowed;
        engine.write(chunk.subarray(0, allowed));
        return;
      }
      engine.write(chunk);
      attached = ATTACH.test(head) ? 0 : undefined;
      if (!CHANGE.test(head)) return;
      this.#changes += 1;
      this.onChange(this.#changes);
    });
    agent.on('end', () => engine.end());
  }
}
