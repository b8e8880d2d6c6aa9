import type { z } from 'zod';
import { endpoints, type EndpointName } from '#protocol/endpoints.ts';
import type { JobUpdate } from '#protocol/job-update.ts';
import { parseMessage } from '#protocol/parse.ts';
import {
  runnerIdentitySchema,
  tokenResetSchema,
  type RegisterRequest,
  type RunnerIdentity,
  type RunnerInfo,
  type TokenReset,
} from '#protocol/runner.ts';
import { formatContentRange } from '#protocol/trace.ts';
import { systemClock, type Clock } from '../common/clock.ts';
import { describeError } from '../common/errors/describe-error.ts';
import { apiBaseUrl, withoutUserInfo } from './base-url.ts';
import { CoordinatorError, isUnusableClientError, noAnswer, noClient } from './coordinator-error.ts';
import type { CoordinatorContact } from './coordinator-contact.ts';
import type { Coordinator, JobCredentials, JobReply, RunnerCredentials } from './coordinator.ts';
import { HttpTransport, type HttpRequest, type HttpResponse, type TransportOptions } from './http-transport.ts';
import type { JobOffer } from './job-offer.ts';
import { readJobOffer } from './read-job-offer.ts';
import { lostReply, readJobReply, serverMessage } from './read-job-reply.ts';
import { retryRequest } from './retry-request.ts';

export interface HttpCoordinatorOptions extends TransportOptions {
  /** As in the configuration; `/ci` and slashes at its end do not count. */
  readonly url: string;
  readonly clock?: Clock;
  /** Shared by all doors to the same coordinator. */
  readonly contact?: CoordinatorContact | undefined;
}

const maxReplyBytes = 1024 * 1024;
const maxPayloadBytes = 64 * 1024 * 1024;
/** Milliseconds for an update, and for a piece of trace on a slow line: a coordinator that hangs must not hold a cancel or a result. */
const updateLimit = 30_000;
const patchLimit = 60_000;
/** Who sends trace and results waits by itself, and does better things meanwhile than to keep a call open. */
const callPatienceMs = 5000;

type PatchTraceArguments = Parameters<Coordinator['patchTrace']>;
type Headers = Readonly<Record<string, string>>;
interface Call {
  readonly name: EndpointName;
  readonly id?: number;
  readonly query?: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array;
  readonly maxReplyBytes?: number;
  readonly timeLimit?: number;
  /** As in RetryOptions. */
  readonly patienceMs?: number;
}

/** The coordinator over HTTP. A URL that no request can be sent to shows in the outcome of the calls, not in the constructor. */
export class HttpCoordinator implements Coordinator {
  readonly url: string;
  readonly contact: CoordinatorContact | undefined;
  readonly #options: HttpCoordinatorOptions;
  readonly #transport: HttpTransport;
  readonly #clock: Clock;

  constructor(options: HttpCoordinatorOptions) {
    this.url = withoutUserInfo(options.url);
    this.contact = options.contact;
    this.#options = options;
    this.#transport = new HttpTransport(options);
    this.#clock = options.clock ?? systemClock;
  }

  async register(request: RegisterRequest, signal?: AbortSignal): Promise<RunnerIdentity> {
    const response = await this.#ask(runnerCall('registerRunner', request), 201, signal);
    return this.#read('registerRunner', runnerIdentitySchema, response);
  }

  async verify(runner: RunnerCredentials, info: RunnerInfo, signal?: AbortSignal): Promise<RunnerIdentity> {
    const body = { token: runner.token, system_id: runner.systemId, info };
    const response = await this.#ask(runnerCall('verifyRunner', body), 200, signal);
    return this.#read('verifyRunner', runnerIdentitySchema, response);
  }

  async unregisterRunner(token: string, signal?: AbortSignal): Promise<void> {
    await this.#ask(runnerCall('unregisterRunner', { token }), 204, signal);
  }

  async unregisterManager({ token, systemId }: RunnerCredentials, signal?: AbortSignal): Promise<void> {
    await this.#ask(runnerCall('unregisterManager', { token, system_id: systemId }), 204, signal);
  }

  async resetToken(token: string, signal?: AbortSignal): Promise<TokenReset> {
    const call = jsonCall('resetToken', { token }, { Accept: 'application/json' });
    return this.#read('resetToken', tokenResetSchema, await this.#ask(call, 201, signal));
  }

  async requestJob(
    runner: RunnerCredentials,
    info: RunnerInfo,
    lastUpdate: string | undefined,
    signal: AbortSignal,
  ): Promise<JobOffer> {
    const body = { info, token: runner.token, system_id: runner.systemId, last_update: lastUpdate };
    try {
      const call = { ...runnerCall('requestJob', body), maxReplyBytes: maxPayloadBytes };
      return readJobOffer(await this.#send(call, signal));
    } catch (error) {
      signal.throwIfAborted();
      const status = isUnusableClientError(error) ? noClient : noAnswer;
      return { kind: 'error', status, message: describeError(error) };
    }
  }

  async updateJob({ id, token }: JobCredentials, update: JobUpdate, signal?: AbortSignal): Promise<JobReply> {
    const call = jsonCall('updateJob', { ...update, token }, { 'Job-Token': token });
    return this.#reply({ ...call, id, timeLimit: updateLimit, patienceMs: callPatienceMs }, signal);
  }

  async patchTrace(...[job, bytes, offset, debugTrace, signal]: PatchTraceArguments): Promise<JobReply> {
    const { id, token } = job;
    const headers = {
      'Job-Token': token,
      'Content-Type': 'text/plain',
      'Content-Range': formatContentRange(offset, bytes.byteLength),
    };
    const query = `?debug_trace=${debugTrace}`;
    const limits = { timeLimit: patchLimit, patienceMs: callPatienceMs };
    return this.#reply({ name: 'patchTrace', id, query, headers, body: bytes, ...limits }, signal);
  }

  /** Ends the connections once the calls under way are over. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #send({ name, id, query, patienceMs, ...rest }: Call, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const { method, path } = endpoints[name];
    const url = new URL(apiBaseUrl(this.#options.url) + path.replace(':id', String(id)) + (query ?? ''));
    const request = { maxReplyBytes, ...rest, method, url };
    return retryRequest(() => this.#exchange(request, signal), { clock: this.#clock, signal, patienceMs });
  }

  async #exchange(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
    try {
      const response = await this.#transport.send(request, signal);
      this.contact?.note(response.status);
      return response;
    } catch (error) {
      if (signal?.aborted !== true) this.contact?.note(noAnswer);
      throw error;
    }
  }

  async #reply(call: Call, signal: AbortSignal | undefined): Promise<JobReply> {
    try {
      return readJobReply(await this.#send(call, signal));
    } catch (error) {
      signal?.throwIfAborted();
      return lostReply(error);
    }
  }

  /** Throws CoordinatorError for any outcome but the status `expected`. */
  async #ask(call: Call, expected: number, signal: AbortSignal | undefined): Promise<HttpResponse> {
    let response: HttpResponse;
    try {
      response = await this.#send(call, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const status = isUnusableClientError(error) ? noClient : noAnswer;
      throw this.#error(call.name, status, describeError(error), { cause: error });
    }
    if (response.status === expected) return response;
    throw this.#error(call.name, response.status, serverMessage(response));
  }

  #error(call: EndpointName, status: number, detail: string, options?: ErrorOptions): CoordinatorError {
    return new CoordinatorError({ call, url: this.url, status, detail }, options);
  }

  #read<Schema extends z.ZodType>(name: EndpointName, schema: Schema, response: HttpResponse): z.output<Schema> {
    try {
      const type = response.headers['content-type'] ?? '';
      if (!/^application\/json\b/i.test(type)) throw new TypeError(`the answer is ${type || 'of no type'}, not JSON`);
      return parseMessage(schema, JSON.parse(response.body), 'answer');
    } catch (error) {
      throw this.#error(name, noAnswer, describeError(error), { cause: error });
    }
  }
}

const jsonCall = (name: EndpointName, body: object, headers: Headers): Call => ({
  name,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** The calls of a runner carry its token in a header and in the body. */
const runnerCall = (name: EndpointName, body: { readonly token: string; readonly [field: string]: unknown }): Call =>
  jsonCall(name, body, {
    'Runner-Token': body.token,
    ...(name.startsWith('unregister') ? {} : { Accept: 'application/json' }),
  });
