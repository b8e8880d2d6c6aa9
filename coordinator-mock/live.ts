import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { CoordinatorState } from './coordinator-state.ts';
import { isLoopback } from './http/is-loopback.ts';
import type { JobRecord } from './store/job-record.ts';

const livePath = '/mock/live';

/** What the feed sends, as JSON text. `trace` carries bytes in base64 and the place of the first of them. */
export type LiveMessage =
  | { readonly type: 'job'; readonly job: Record<string, unknown> }
  | { readonly type: 'trace'; readonly id: number; readonly offset: number; readonly data: string };

/**
 * The WebSocket feed of job states and traces at /mock/live, of all jobs or with `?job=ID` of one. A new listener first
 * gets the state and trace of every job so far, so that nothing is missed.
 */
export class LiveFeed {
  readonly #state: CoordinatorState;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #listeners = new Map<WebSocket, number | undefined>();
  readonly #onChange = (job: JobRecord): void => this.#publish(job.id, jobMessage(job));
  readonly #onTrace = (job: JobRecord, bytes: Buffer): void =>
    this.#publish(job.id, traceMessage(job, job.trace.size - bytes.length, bytes));

  constructor(state: CoordinatorState) {
    this.#state = state;
    state.jobs.events.on('change', this.#onChange);
    state.jobs.events.on('trace', this.#onTrace);
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isAllowed = this.#state.options.adminFromAnywhere || isLoopback(request.socket.remoteAddress);
    if (url.pathname !== livePath || !isAllowed) {
      socket.end(`HTTP/1.1 ${isAllowed ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    const asked = url.searchParams.get('job');
    this.#server.handleUpgrade(request, socket, head, (client) =>
      this.#listen(client, asked === null ? undefined : Number(asked)),
    );
  }

  close(): void {
    this.#state.jobs.events.off('change', this.#onChange).off('trace', this.#onTrace);
    for (const client of this.#listeners.keys()) client.terminate();
    this.#server.close();
  }

  #listen(client: WebSocket, jobId: number | undefined): void {
    const { jobs, watchers } = this.#state;
    this.#listeners.set(client, jobId);
    watchers.set(jobId, (watchers.get(jobId) ?? 0) + 1);
    client.once('close', () => {
      this.#listeners.delete(client);
      watchers.set(jobId, (watchers.get(jobId) ?? 1) - 1);
    });
    client.on('error', () => client.terminate());
    for (const job of jobs.all().filter(({ id }) => jobId === undefined || id === jobId)) {
      send(client, jobMessage(job));
      if (job.trace.size > 0) send(client, traceMessage(job, 0, job.trace.bytes()));
    }
  }

  #publish(jobId: number, message: LiveMessage): void {
    for (const [client, wanted] of this.#listeners) if (wanted === undefined || wanted === jobId) send(client, message);
  }
}

function jobMessage(job: JobRecord): LiveMessage {
  const { updates: _updates, patches: _patches, ...shown } = job.view();
  return { type: 'job', job: shown };
}

const traceMessage = (job: JobRecord, offset: number, bytes: Buffer): LiveMessage => ({
  type: 'trace',
  id: job.id,
  offset,
  data: bytes.toString('base64'),
});

const send = (client: WebSocket, message: LiveMessage): void => client.send(JSON.stringify(message));
