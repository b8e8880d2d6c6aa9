import { randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { makeDispatcher, type DispatcherOptions } from '../common/http/make-dispatcher.ts';
import { readText } from '../common/http/read-text.ts';
import { timeLimit } from '../common/http/time-limit.ts';
import { request } from '../common/http/undici-parts.ts';
import { architecture, platform, productName, version } from '../common/version.ts';
import { createTlsContext, findTlsFiles, tlsVersion, type TlsSettings } from './tls-options.ts';

/** One request as it leaves: `url` is complete, `body` has a known length. */
export interface HttpRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The most bytes of the answer that are kept; a longer answer is an error. */
  readonly maxReplyBytes: number;
  /** Milliseconds that the whole exchange may take, redirects among it; an hour when left out. */
  readonly timeLimit?: number | undefined;
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
    using limit = timeLimit(outgoing.timeLimit ?? wholeTimeout, signal);
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
    if (protocol !== 'https:') return this.#keep('plain', () => createDispatcher(this.#options, 'http:', {}));
    const files = await findTlsFiles(hostname, this.#options.tls ?? {});
    const wanted = `tls ${tlsVersion(files)}`;
    if (this.#dispatcher !== undefined && this.#madeFor === wanted) return this.#dispatcher;
    const secureContext = await createTlsContext(files);
    return this.#keep(wanted, () => createDispatcher(this.#options, 'https:', { secureContext }));
  }

  #keep(wanted: string, make: () => Dispatcher): Dispatcher {
    if (this.#dispatcher !== undefined && this.#madeFor === wanted) return this.#dispatcher;
    void this.#dispatcher?.close();
    this.#madeFor = wanted;
    this.#dispatcher = make();
    return this.#dispatcher;
  }
}

function createDispatcher(
  options: TransportOptions,
  scheme: 'http:' | 'https:',
  tls: DispatcherOptions['tls'],
): Dispatcher {
  return makeDispatcher({
    scheme,
    tls,
    env: options.env ?? process.env,
    connectTimeout: dialTimeout,
    answerTimeout: headersTimeout,
    connectionMaxAge: Math.max(0, options.connectionMaxAge ?? 0),
  });
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
