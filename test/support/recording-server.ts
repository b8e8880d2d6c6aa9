import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One request as it came in. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer: a status, headers, a body; `drop` breaks the connection instead, `hold` waits for it first. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly drop?: boolean;
  readonly hold?: Promise<unknown>;
}

/** A real HTTP server that writes down what it is asked and answers as told, one answer per request; the last one stays. */
export class RecordingServer implements AsyncDisposable {
  readonly requests: Recorded[] = [];
  /** The client's port of each request: the same for requests of one connection. */
  readonly ports: number[] = [];
  readonly #server: Server;
  readonly #scheme: string;
  #answers: Answer[] = [{ status: 204 }];

  private constructor(tls: ServerOptions | undefined) {
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        this.ports.push(request.socket.remotePort ?? 0);
        this.requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
        const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
        void Promise.resolve(answer?.hold).then(() => {
          if (answer?.drop === true) return response.destroy();
          return response.writeHead(answer?.status ?? 200, answer?.headers).end(answer?.body);
        });
      });
    };
    this.#server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
    this.#scheme = tls === undefined ? 'http' : 'https';
  }

  static async start(tls?: ServerOptions): Promise<RecordingServer> {
    const server = new RecordingServer(tls);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  answer(...answers: readonly Answer[]): void {
    this.#answers = [...answers];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** An answer with a JSON body. */
export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});
