import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { describeError } from '../../common/errors/describe-error.ts';
import { errorCode } from '../../common/errors/error-code.ts';
import { makeDispatcher, type DispatcherOptions } from '../../common/http/make-dispatcher.ts';
import { readText } from '../../common/http/read-text.ts';
import { timeLimit } from '../../common/http/time-limit.ts';
import { request } from '../../common/http/undici-parts.ts';
import { productName, version } from '../../common/version.ts';
import { findCertificates, secureContextOf, type CertificateFiles } from './registry-certificates.ts';
import { RegistryError } from './registry-error.ts';

/** One question. `authorization` goes to the origin of `url` and nowhere else. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization?: string | undefined;
  readonly body?: string;
}

/** For whom a question is asked: `registry` names the errors and its certificates count; `insecure`: any certificate will do. */
export interface RegistryPeer {
  readonly registry: string;
  readonly insecure: boolean;
}

export interface RegistryAnswer {
  readonly status: number;
  /** Lower-case names, repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Whether another host than the asked one has answered, after a redirect. */
  readonly redirected: boolean;
}

/** Milliseconds until a connection stands, and until the answer is there. */
export interface RegistryTimes {
  readonly connect: number;
  readonly answer: number;
}

const usualTimes: RegistryTimes = { connect: 5000, answer: 10_000 };
const maxRedirects = 5;
const mostDispatchers = 100;
const maxBodyBytes = 4 * 1024 * 1024;
const userAgent = `${productName}/${version}`;
const tlsCodes =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH|CRL_)/;

const noTlsCodes = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|EPROTO/;

/** Connections to registries and their token servers: TLS as the engine has it, time limits, redirects without credentials. */
export class RegistryTransport {
  readonly #certificates: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #times: RegistryTimes;
  #roots: Promise<SecureContext> | undefined;
  readonly #dispatchers = new Map<string, { readonly dispatcher: Dispatcher; readonly version: string }>();

  constructor(options: { certificates: string; env: NodeJS.ProcessEnv; times?: RegistryTimes | undefined }) {
    this.#certificates = options.certificates;
    this.#env = options.env;
    this.#times = options.times ?? usualTimes;
  }

  /** @throws {RegistryError} of kind `unreachable`, `tls` or `server`; the signal's reason after an abort */
  async send(asked: RegistryRequest, peer: RegistryPeer, signal: AbortSignal): Promise<RegistryAnswer> {
    let { url } = asked;
    for (let hop = 0; ; hop++) {
      const answer = await this.#exchange({ ...asked, url }, url.origin === asked.url.origin, peer, signal);
      const location = [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers['location'] : undefined;
      const target = location === undefined ? null : URL.parse(location, url);
      if (target === null || asked.method === 'POST') return answer;
      if (hop === maxRedirects) throw this.#refuse(peer, 'redirects without end', answer.status);
      if (target.protocol !== 'https:' && target.origin !== url.origin)
        throw this.#refuse(peer, `redirects to ${target.origin}, which is not https`, answer.status);
      url = target;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map(({ dispatcher }) => dispatcher.close()));
  }

  async #exchange(
    asked: RegistryRequest,
    atOrigin: boolean,
    peer: RegistryPeer,
    signal: AbortSignal,
  ): Promise<RegistryAnswer> {
    const { url, method, authorization, body } = asked;
    using limit = timeLimit(this.#times.connect + this.#times.answer, signal);
    try {
      const reply = await request(await this.#connectionsTo(url, peer, atOrigin), {
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        signal: limit.signal,
        headers: {
          'user-agent': userAgent,
          ...asked.headers,
          ...(atOrigin && authorization !== undefined ? { authorization } : {}),
        },
        ...(body === undefined ? {} : { body }),
      });
      return {
        status: reply.statusCode,
        headers: Object.fromEntries(
          Object.entries(reply.headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]),
        ),
        body: await readText(reply.body, maxBodyBytes),
        redirected: !atOrigin,
      };
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(error, url, peer.registry);
    }
  }

  /** Certificate files are looked at anew for each question, so that a new CA needs no restart. */
  async #connectionsTo(url: URL, { registry, insecure }: RegistryPeer, atOrigin: boolean): Promise<Dispatcher> {
    const scheme = url.protocol === 'https:' ? 'https:' : 'http:';
    const lenient = insecure && atOrigin;
    const key = `${registry} ${url.origin} ${lenient}`;
    const hosts = scheme === 'https:' ? [...new Set([url.host, registry])] : [];
    const files = await Promise.all(hosts.map((host) => findCertificates(this.#certificates, host)));
    const state = files.map((one) => one.version).join('\n');
    const known = this.#dispatchers.get(key);
    if (known?.version === state) return known.dispatcher;
    const tls = scheme === 'http:' ? {} : await this.#tls(files, lenient);
    const meanwhile = this.#dispatchers.get(key);
    if (meanwhile?.version === state) return meanwhile.dispatcher;
    const { connect: connectTimeout, answer: answerTimeout } = this.#times;
    const times = { connectTimeout, answerTimeout, connectionMaxAge: 0 };
    const dispatcher = makeDispatcher({ scheme, tls, env: this.#env, ...times });
    this.#keep(key, { dispatcher, version: state });
    return dispatcher;
  }

  /** The roots of the machine take long to load: one context does for all registries without certificates of their own. */
  async #tls(files: readonly CertificateFiles[], lenient: boolean): Promise<DispatcherOptions['tls']> {
    const own = files.some(({ paths }) => paths.length > 0);
    if (lenient) return { rejectUnauthorized: false, ...(own ? { secureContext: await secureContextOf(files) } : {}) };
    return { secureContext: await (own ? secureContextOf(files) : (this.#roots ??= secureContextOf([]))) };
  }

  /** Jobs choose the registries: their number has to end somewhere. */
  #keep(key: string, entry: { dispatcher: Dispatcher; version: string }): void {
    const oldest = this.#dispatchers.size >= mostDispatchers ? this.#dispatchers.keys().next().value : undefined;
    for (const gone of [key, oldest ?? key]) {
      void this.#dispatchers.get(gone)?.dispatcher.close();
      this.#dispatchers.delete(gone);
    }
    this.#dispatchers.set(key, entry);
  }

  #refuse({ registry }: RegistryPeer, what: string, status: number): RegistryError {
    return new RegistryError(`${registry} ${what}`, { kind: 'server', registry, status });
  }
}

function connectionError(error: unknown, url: URL, registry: string): RegistryError {
  const code = errorCode(error) ?? '';
  const kind = tlsCodes.test(code) || code.includes('CERT') ? 'tls' : 'unreachable';
  const whom = url.host === registry ? registry : `${url.host} (asked for ${registry})`;
  const what =
    kind === 'unreachable' ? 'does not answer' : noTlsCodes.test(code) ? 'does not speak TLS' : 'cannot be trusted';
  return new RegistryError(`${whom} ${what}: ${describeError(error)}`, { kind, registry }, { cause: error });
}
