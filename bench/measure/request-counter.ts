import { connect, createServer } from 'node:net';

/** A request's first line. A client waits for the answer before its next request, so each begins a chunk. */
const REQUEST_LINE = /^(?<method>GET|HEAD|POST|PUT|DELETE) (?<path>\S+) HTTP\/1\.[01]\r\n/;
const OBJECT = /(?<=^\/(?:containers|networks|volumes|exec)\/)(?!create$|json$|prune$)[^/]+/;

/** Stands between an agent and its engine, passes every byte on and counts the requests. */
export interface RequestCounter extends AsyncDisposable {
  /** Requests since the last call, such as `POST /containers/{id}/start`, with how often each came. */
  take(): Readonly<Record<string, number>>;
}

/** Listens on the unix socket `path` for clients of the engine behind `socket`. */
export async function startRequestCounter(path: string, socket: string): Promise<RequestCounter> {
  let counts = new Map<string, number>();
  // A script's sender closes its own direction first: the output still comes the other way.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: socket, allowHalfOpen: true });
    client.on('data', (chunk: Buffer) => {
      const request = describeRequest(chunk);
      if (request !== undefined) counts.set(request, (counts.get(request) ?? 0) + 1);
    });
    client.pipe(engine).pipe(client);
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
    engine.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
  return {
    take: () => {
      const taken = Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
      counts = new Map();
      return taken;
    },
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

/** `POST /containers/{id}/start` for the first chunk of such a request; undefined for a chunk that begins none. */
export function describeRequest(chunk: Buffer): string | undefined {
  const match = REQUEST_LINE.exec(chunk.subarray(0, 2048).toString('latin1'))?.groups;
  if (match === undefined) return undefined;
  const path = (match['path'] ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
  return `${match['method'] ?? ''} ${path.replace(/^\/images\/.*(?=\/json$)/, '/images/{name}').replace(OBJECT, '{id}')}`;
}
