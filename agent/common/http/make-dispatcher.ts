import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { Agent, EnvHttpProxyAgent } from './undici-parts.ts';

/** How connections to one host are made. Times in milliseconds. */
export interface DispatcherOptions {
  readonly scheme: 'http:' | 'https:';
  readonly connectTimeout: number;
  /** Until the head of an answer, and between two pieces of its body. */
  readonly answerTimeout: number;
  /** Age after which an idle connection is not used again; 0: any. */
  readonly connectionMaxAge: number;
  readonly env: NodeJS.ProcessEnv;
  readonly tls: { readonly secureContext?: SecureContext; readonly rejectUnauthorized?: boolean };
}

/** A proxy of the environment is used for its own scheme only, and never for this machine. */
export function makeDispatcher({ scheme, env, tls, ...times }: DispatcherOptions): Dispatcher {
  const target = { timeout: times.connectTimeout, ...tls };
  const common = {
    connect: target,
    allowH2: false,
    headersTimeout: times.answerTimeout,
    bodyTimeout: times.answerTimeout,
    clientTtl: times.connectionMaxAge,
  };
  const name = scheme === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] || env[name.toUpperCase()] || '';
  if (proxy === '') return new Agent(common);
  const noProxy = [env['no_proxy'] || env['NO_PROXY'], 'localhost', '127.0.0.1', '::1'].filter(Boolean).join(',');
  return new EnvHttpProxyAgent({ ...common, requestTls: target, httpProxy: proxy, httpsProxy: proxy, noProxy });
}
