import { createRequire } from 'node:module';
import type * as undici from 'undici';

/*
 * Loading `undici` whole also loads fetch, WebSocket, caches and mocks: about 7 MB more of an idle agent's memory than the
 * three parts below. The package has no export map and its version is pinned, so the parts are taken by their paths.
 */
const load = createRequire(import.meta.url);

type Options = undici.Dispatcher.RequestOptions;
type Response = Promise<undici.Dispatcher.ResponseData>;
const apiRequest: (this: undici.Dispatcher, options: Options) => Response = load('undici/lib/api/api-request.js');

export const Agent: typeof undici.Agent = load('undici/lib/dispatcher/agent.js');
export const EnvHttpProxyAgent: typeof undici.EnvHttpProxyAgent = load('undici/lib/dispatcher/env-http-proxy-agent.js');

/** One exchange through `dispatcher`, as `dispatcher.request()` does in the whole package. */
export const request = (dispatcher: undici.Dispatcher, options: Options): Response =>
  apiRequest.call(dispatcher, options);
