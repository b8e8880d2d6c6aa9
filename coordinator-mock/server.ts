import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { CoordinatorState } from './coordinator-state.ts';
import { createApp } from './create-app.ts';
import { LiveFeed } from './live.ts';
import type { CoordinatorOptions } from './options.ts';

const graceMilliseconds = 200;

export interface ListenOptions {
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  /** More addresses of this machine to listen on, with the same port. */
  readonly alsoOn?: readonly string[];
}

/** A coordinator that answers. `close` lets answers under way go out and then ends every connection, long polls and live feeds too. */
export interface CoordinatorServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly state: CoordinatorState;
  close(): Promise<void>;
}

/** Starts a coordinator. The advertised URL may be a function of the port, which is known only now. */
export async function startServer(
  listen: ListenOptions,
  optionsFor: (port: number) => CoordinatorOptions,
): Promise<CoordinatorServer> {
  const servers: Server[] = [];
  const main = await open(servers, listen.host, listen.port);
  const port = portOf(main);
  const state = new CoordinatorState(optionsFor(port));
  const app = await createApp(state);
  await app.ready();
  const live = new LiveFeed(state);
  try {
    for (const host of listen.alsoOn ?? []) await open(servers, host, port);
  } catch (error) {
    await closeAll(app, live, servers);
    throw error;
  }
  for (const server of servers) connect(server, app, live);
  const close = (): Promise<void> => closeAll(app, live, servers);
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return { url: `http://${host}:${port}`, port, state, close, [Symbol.asyncDispose]: close };
}

function connect(server: Server, app: FastifyInstance, live: LiveFeed): void {
  server.on('request', (request, response) => app.routing(request, response));
  server.on('upgrade', (request, socket, head) => live.accept(request, socket, head));
}

async function open(servers: Server[], host: string, port: number): Promise<Server> {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  servers.push(server);
  return server;
}

async function closeAll(app: FastifyInstance, live: LiveFeed, servers: readonly Server[]): Promise<void> {
  live.close();
  const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  // The last answer, such as that to a final update, must still get out; a held job request does not count.
  for (const server of servers) server.closeIdleConnections();
  await Promise.race([closed, sleep(graceMilliseconds)]);
  for (const server of servers) server.closeAllConnections();
  await closed;
  await app.close();
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port');
  return address.port;
}
