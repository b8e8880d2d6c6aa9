import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How the line to the coordinator is: `hang` takes connections and passes nothing on, `slow` passes all on late. */
export type LineMode = 'open' | 'refuse' | 'hang' | 'slow';

/** A call about one job: a piece of its trace or an update. */
const JOB_CALL = /^(?:PATCH|PUT) \/api\/v4\/jobs\/\d+/;
const SLOW_MS = 250;

interface Connection {
  readonly agent: Socket;
  readonly coordinator: Socket;
  /** Calls about jobs that are not answered yet. */
  calls: number;
}

/** A TCP port of this machine that leads to the coordinator, and that can be disturbed. */
export class CoordinatorLine implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #mode: LineMode = 'open';
  #reopened = Promise.withResolvers<void>();
  #answers = 0;
  /** Called with the number of an answer about a job before it is passed on; false: it never is. */
  onAnswer: (number: number) => boolean = () => true;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    server.on('connection', (agent) => this.#accept(agent, port));
  }

  /** Listens on a free port, for the coordinator on `port`. */
  static async open(port: number): Promise<CoordinatorLine> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CoordinatorLine(server, port);
  }

  /** Ends all connections; new ones are taken. */
  cut(): void {
    for (const { agent, coordinator } of this.#connections) {
      agent.resetAndDestroy();
      coordinator.destroy();
    }
  }

  /** Is so for a while. The numbers of answers start anew with `restart`. */
  async disturb(mode: LineMode, ms: number): Promise<void> {
    this.#mode = mode;
    if (mode === 'refuse') this.cut();
    await delay(ms);
    this.#mode = 'open';
    this.#reopened.resolve();
    this.#reopened = Promise.withResolvers();
  }

  /** A new agent process: its answers are numbered from 1. */
  restart(): void {
    this.#answers = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#mode = 'open';
    this.#reopened.resolve();
    this.cut();
    await Promise.resolve();
  }

  #accept(agent: Socket, port: number): void {
    if (this.#mode === 'refuse') {
      agent.resetAndDestroy();
      return;
    }
    const connection: Connection = { agent, coordinator: connect(port, '127.0.0.1'), calls: 0 };
    const { coordinator } = connection;
    this.#connections.add(connection);
    for (const socket of [agent, coordinator]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        agent.destroy();
        coordinator.destroy();
        this.#connections.delete(connection);
      });
    }
    void this.#pass(agent, coordinator, (chunk) => {
      if (JOB_CALL.test(chunk.toString('latin1', 0, 60))) connection.calls += 1;
      return true;
    });
    void this.#pass(coordinator, agent, () => this.#answered(connection));
  }

  #answered(connection: Connection): boolean {
    if (connection.calls === 0) return true;
    connection.calls -= 1;
    this.#answers += 1;
    return this.onAnswer(this.#answers);
  }

  /** Passes bytes on as the mode allows, until an end or until `look` says no. */
  async #pass(from: Socket, to: Socket, look: (chunk: Buffer) => boolean): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        if (this.#mode === 'slow') await delay(SLOW_MS);
        while (this.#mode === 'hang') await this.#reopened.promise;
        if (!look(chunk)) break;
        if (to.destroyed) break;
        if (!to.write(chunk)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
      to.end();
    } catch {
      to.destroy();
    }
  }
}
