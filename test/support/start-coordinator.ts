import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultOptions, type CoordinatorOptions } from '../../coordinator-mock/options.ts';
import { startServer, type CoordinatorServer } from '../../coordinator-mock/server.ts';

/** A decoded answer: tests read it as deep as they like and compare what they find. */
type Decoded = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, `undefined` when it is none. */
  readonly json: Decoded;
}

export interface QueuedJob {
  readonly id: number;
  readonly token: string;
}

/** Features of a runner that can do everything that GitLab asks for. */
export const fullFeatures = Object.fromEntries(
  [
    'cancel_gracefully',
    'refspecs',
    'upload_multiple_artifacts',
    'artifacts_exclude',
    'multi_build_steps',
    'return_exit_code',
    'fallback_cache_keys',
    'vault_secrets',
  ].map((name) => [name, true]),
);

/** A coordinator on a free port with one runner, and short ways to call it over HTTP. */
export class TestCoordinator implements AsyncDisposable {
  readonly server: CoordinatorServer;
  readonly runnerToken = 'glrt-test-runner-0000';
  readonly #folder: string;

  constructor(server: CoordinatorServer, folder: string) {
    this.server = server;
    this.#folder = folder;
    server.state.runners.add({ token: this.runnerToken, tags: ['docker'] });
  }

  get url(): string {
    return this.server.url;
  }

  /** A body that is bytes or a form goes as it is, everything else as JSON. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isRaw = body instanceof Uint8Array || body instanceof FormData || typeof body === 'string';
    const sent = body === undefined ? {} : { body: isRaw ? (body as FormData | string) : JSON.stringify(body) };
    const type: Record<string, string> = isRaw || body === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, ...sent, headers: { ...type, ...headers }, redirect: 'manual' } as const;
    const response = await fetch(`${this.url}${path}`, init);
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  }

  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call(method, `/api/v4${path}`, body, headers);
  }

  /** Queues a job through the admin API. */
  async queue(changes: object = {}): Promise<QueuedJob> {
    return (await this.call('POST', '/mock/jobs', changes)).json;
  }

  request(changes: object = {}): Promise<Answer> {
    const info = { features: fullFeatures };
    return this.api('POST', '/jobs/request', {
      token: this.runnerToken,
      system_id: 's_0123456789ab',
      info,
      ...changes,
    });
  }

  /** Queues a job and takes it as the runner. */
  async running(changes: object = {}): Promise<QueuedJob> {
    const job = await this.queue(changes);
    await this.request();
    return job;
  }

  update(job: QueuedJob, fields: object): Promise<Answer> {
    return this.api('PUT', `/jobs/${job.id}`, { token: job.token, ...fields });
  }

  patch(job: QueuedJob, start: number, text: string | Uint8Array): Promise<Answer> {
    const range = `${start}-${start + text.length - 1}`;
    const headers = { 'job-token': job.token, 'content-range': range, 'content-type': 'text/plain' };
    return this.api('PATCH', `/jobs/${job.id}/trace`, text, headers);
  }

  async view(job: QueuedJob): Promise<Decoded> {
    return (await this.call('GET', `/mock/jobs/${job.id}`)).json;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function startCoordinator(options: Partial<CoordinatorOptions> = {}): Promise<TestCoordinator> {
  const dataDir = await mkdtemp(join(tmpdir(), 'coordinator-test-'));
  const server = await startServer({ host: '127.0.0.1', port: 0 }, (port) => ({
    ...defaultOptions,
    dataDir,
    advertiseUrl: `http://127.0.0.1:${port}`,
    registrationToken: 'GR1348941test-registration',
    personalAccessToken: 'glpat-test',
    ...options,
  }));
  return new TestCoordinator(server, dataDir);
}
