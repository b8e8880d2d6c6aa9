import { randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { architecture, platform, productName, version } from '../common/version.ts';
import { createTlsContext, findTlsFiles, tlsVersion, type TlsSettings } from './tls-options.ts';
import { Agent, EnvHttpProxyAgent, request } from './undici-parts.ts';

/** One request as it leaves: `url` is complete, `body` has a known length. */
export interface HttpRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The most bytes of the answer that are kept; a longer answer is an error. */
  readonly maxReplyBytes: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; of a repeated header the first value. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface TransportOptions {
  readonly tls?: TlsSettings | undefined;
  /** Milliseconds after which an idle connection is not used again; 0 or less: never. */
  readonly connectionMaxAge?: number | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const dialTimeout = 30_000;
const headersTimeout = 600_000;
const wholeTimeout = 3_600_000;
const maxRedirects = 10;
const userAgent = `${productName} ${version} (node${process.versions.node}; ${platform}/${architecture})`;

/** Sends requests to one host: connections, TLS, proxies, redirects, limits. Knows neither retries nor the meaning of a status. */
export class HttpTransport {
  readonly #options: TransportOptions;
  #dispatcher: Dispatcher | undefined;
  #madeFor = '';

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Rejects with the signal's reason, with UnusableClientError, or with what went wrong on the network. */
  async send(outgoing: HttpRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
    using limit = timeLimit(wholeTimeout, signal);
    let { url } = outgoing;
    for (let hop = 0; ; hop++) {
      const response = await this.#exchange({ ...outgoing, url }, limit.signal);
      const next = redirectTarget(response, url);
      if (next === undefined || hop === maxRedirects) return response;
      url = next;
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher?.close();
  }

  async #exchange(outgoing: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { url, method, body } = outgoing;
    const dispatcher = await this.#connectionsTo(url);
    const {
      statusCode,
      headers,
      body: reply,
    } = await request(dispatcher, {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      body,
      signal,
      headers: { 'User-Agent': userAgent, 'X-Request-Id': randomBytes(16).toString('hex'), ...outgoing.headers },
    });
    return {
      status: statusCode,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()[0]])),
      body: await readText(reply, outgoing.maxReplyBytes),
    };
  }

  /** TLS files are looked at anew for each request, so that a renewed certificate needs no restart. */
  async #connectionsTo({ protocol, hostname }: URL): Promise<Dispatcher> {
    if (protocol !== 'https:') return this.#keep('plain', () => createDispatcher(this.#options, protocol, {}));
    const files = await findTlsFiles(hostname, this.#options.tls ?? {});
    const wanted = `tls ${tlsVersion(files)}`;
    if (this.#dispatcher !== undefined && this.#madeFor === wanted) return this.#dispatcher;
    const secureContext = await createTlsContext(files);
    return this.#keep(wanted, () => createDispatcher(this.#options, protocol, { secureContext }));
  }

  #keep(wanted: string, make: () => Dispatcher): Dispatcher {
    if (this.#dispatcher !== undefined && this.#madeFor === wanted) return this.#dispatcher;
    void this.#dispatcher?.close();
    this.#madeFor = wanted;
    this.#dispatcher = make();
    return this.#dispatcher;
  }
}

/** A proxy of the environment is used for its own scheme only, and never for this machine. */
function createDispatcher(options: TransportOptions, protocol: string, target: object): Dispatcher {
  const env = options.env ?? process.env;
  const common = {
    connect: { timeout: dialTimeout, ...target },
    allowH2: false,
    headersTimeout,
    bodyTimeout: headersTimeout,
    clientTtl: Math.max(0, options.connectionMaxAge ?? 0),
  };
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] || env[name.toUpperCase()] || '';
  if (proxy === '') return new Agent(common);
  const noProxy = [env['no_proxy'] || env['NO_PROXY'], 'localhost', '127.0.0.1', '::1'].filter(Boolean).join(',');
  const requestTls = { timeout: dialTimeout, ...target };
  return new EnvHttpProxyAgent({ ...common, requestTls, httpProxy: proxy, httpsProxy: proxy, noProxy });
}

/**
 * Where to send the same request again: 307 and 308 keep method and body. Tokens travel in headers and bodies, so only a target
 * on the same host counts, or the same host's https port; every other redirect is handed up as it is.
 */
function redirectTarget(response: HttpResponse, from: URL): URL | undefined {
  const location = response.headers['location'];
  if ((response.status !== 307 && response.status !== 308) || location === undefined) return undefined;
  const target = URL.parse(location, from);
  if (target === null) return undefined;
  const upgraded = from.protocol === 'http:' && target.protocol === 'https:' && target.hostname === from.hostname;
  return target.origin === from.origin || upgraded ? target : undefined;
}

async function readText(body: AsyncIterable<Uint8Array> & { destroy(): unknown }, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) {
      body.destroy();
      throw new RangeError(`the answer is longer than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A signal that aborts with `outer`, or by itself after `ms`; disposed, it leaves nothing behind on `outer`. */
function timeLimit(ms: number, outer: AbortSignal | undefined): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer?.reason);
  const timer = setTimeout(() => controller.abort(new Error(`no whole answer within ${ms / 1000} s`)), ms);
  if (outer?.aborted) follow();
  else outer?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
    },
  };
}
