import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const versionReply = z.object({ Version: z.string(), ApiVersion: z.string() });

/** What an engine says about itself, e.g. version `28.5.2`, API `1.51`. */
export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
}

/** Asks the engine behind a unix socket; undefined when none answers within `timeout` milliseconds. */
export async function probeEngine(socket: string, timeout = 5000): Promise<EngineVersion | undefined> {
  try {
    return await askVersion(socket, AbortSignal.timeout(timeout));
  } catch {
    return undefined;
  }
}

/** Rejects when nothing listens, or with the signal's reason. An engine that still starts answers when it is ready. */
export async function askVersion(socket: string, signal: AbortSignal): Promise<EngineVersion> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = get({ socketPath: socket, path: '/version', headers: { host: 'docker' }, agent: false, signal });
  request.on('response', resolve);
  request.on('error', reject);
  const reply = versionReply.parse(await json(await promise));
  return { version: reply.Version, apiVersion: reply.ApiVersion };
}
