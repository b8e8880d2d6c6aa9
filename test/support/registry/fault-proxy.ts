import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** One request as it came in. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined: it went on to the registry behind. */
  readonly fault: Fault['kind'] | undefined;
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
}

/** What goes wrong with the requests that a rule is for. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'hang' };

export interface FaultRule {
  /** On the path with its query; every request when left out. */
  readonly path?: RegExp;
  readonly fault: Fault;
  /** Most requests that it harms. */
  readonly count?: number;
  /** Harms requests for this long, counted from the first. */
  readonly milliseconds?: number;
}

interface ActiveRule extends FaultRule {
  left: number;
  until: number | undefined;
}

/** Stands before a registry and harms requests by rules; keeps a record of everything that it was asked. */
export class FaultProxy implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;
  readonly #target: string;
  readonly #rules: ActiveRule[] = [];

  constructor(server: Server, target: string) {
    this.#server = server;
    this.#target = target;
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => this.#handle(incoming, response));
  }

  /** `127.0.0.1:34567`: the first part of images' names. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** From now on the first rule that fits a request harms it. */
  add(rule: FaultRule): void {
    this.#rules.push({ ...rule, left: rule.count ?? Infinity, until: undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #handle(incoming: IncomingMessage, response: ServerResponse): void {
    const fault = this.#faultFor(incoming.url ?? '');
    const { method = '', url: path = '', headers } = incoming;
    this.seen.push({ method, path, headers, fault: fault?.kind, at: performance.now() });
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers });
      response.end(`a fault of a test: ${fault.status}\n`);
    } else if (fault?.kind === 'redirect') {
      response.writeHead(307, { location: `${fault.to}${path}` });
      response.end();
    } else {
      this.#forward(incoming, response, fault?.bytes);
    }
  }

  #faultFor(path: string): Fault | undefined {
    const now = performance.now();
    for (const rule of this.#rules) {
      if (rule.path !== undefined && !rule.path.test(path)) continue;
      rule.until ??= now + (rule.milliseconds ?? Infinity);
      if (rule.left <= 0 || now >= rule.until) continue;
      rule.left -= 1;
      return rule.fault;
    }
    return undefined;
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, limit: number | undefined): void {
    const { method, url = '', headers } = incoming;
    const onward = request(`${this.#target}${url}`, { method, headers });
    onward.on('response', (answer: IncomingMessage) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (limit === undefined) pipeline(answer, response).catch(() => response.destroy());
      else cutAfter(answer, response, limit);
    });
    onward.on('error', () => response.destroy());
    pipeline(incoming, onward).catch(() => onward.destroy());
  }
}

/** Passes on so many bytes, then breaks the connection. */
function cutAfter(answer: IncomingMessage, response: ServerResponse, limit: number): void {
  let passed = 0;
  answer.on('data', (bytes: Buffer) => {
    const part = bytes.subarray(0, limit - passed);
    passed += part.length;
    response.write(part, () => {
      if (passed >= limit) response.destroy();
    });
  });
  answer.on('end', () => response.end());
}

/** Starts a proxy for the registry at `target` (http://host:port) on a free port of 127.0.0.1. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new FaultProxy(server, target);
}
