import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import { type Clock, systemClock } from '../common/clock.ts';
import type { DockerClient, PullRequest } from '../docker/docker-client.ts';
import { PullFlight, type PullWatcher } from './pull-flight.ts';
import { PullMeter } from './pull-meter.ts';
import { imagePlace } from './registry/image-place.ts';
import { retryPull } from './retry-pull.ts';

/** Pulls at a time from one registry to one engine. */
const PER_REGISTRY = 3;
/** How long the end of a pull is remembered; only those who asked before it have an interest. */
const REMEMBER_MS = 60_000;

export interface PullOrder {
  readonly docker: DockerClient;
  readonly request: PullRequest;
  /** On the manager's clock: a pull of the same that ended since then counts as this one. */
  readonly askedAt: number;
  /** Milliseconds that the registry asks to be left alone, where it can be known. */
  retryAfter?(signal: AbortSignal): Promise<number | undefined>;
}

/** All pulls of one agent: the same image for the same platform with the same credentials is pulled once at a time, whoever asks. */
export class PullManager {
  readonly clock: Clock;
  readonly #random: (() => number) | undefined;
  readonly #flights = new Map<string, PullFlight>();
  readonly #ended = new Map<string, number>();
  readonly #queues = new Map<string, PQueue>();

  constructor(options: { clock?: Clock; random?: () => number } = {}) {
    this.clock = options.clock ?? systemClock;
    this.#random = options.random;
  }

  /** Resolves when the image is on the engine. Rejects with the signal's reason, or as `DockerClient.pullImage` does. */
  async pull(order: PullOrder, watcher: PullWatcher, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const key = flightKey(order);
    if ((this.#ended.get(key) ?? -Infinity) >= order.askedAt) return;
    const known = this.#flights.get(key);
    if (known !== undefined && !known.deserted) {
      watcher.line(`${order.request.reference} is being pulled already, waiting for it`);
      return await known.join(watcher, this.clock.now(), signal);
    }
    const flight = new PullFlight((own, stop) => this.#fly(order, key, own, stop));
    this.#flights.set(key, flight);
    await flight.join(watcher, this.clock.now(), signal);
  }

  async #fly(order: PullOrder, key: string, flight: PullFlight, signal: AbortSignal): Promise<void> {
    const { clock } = this;
    try {
      // its first watcher has to take its seat first
      await Promise.resolve();
      const retry = {
        clock,
        ...(this.#random === undefined ? {} : { random: this.#random }),
        retryAfter: async (stop: AbortSignal) => await order.retryAfter?.(stop),
        onRetry: (error: Error, waitMs: number) => flight.retrying(error, waitMs, clock.now()),
      };
      await retryPull(() => this.#attempt(order, flight, signal), retry, signal);
      this.#remember(key);
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }

  /** One try, when it is its turn. Between two tries others have theirs. */
  async #attempt({ docker, request }: PullOrder, flight: PullFlight, signal: AbortSignal): Promise<void> {
    const name = `${docker.host} ${imagePlace(request.reference)?.registry ?? ''}`;
    const queue = this.#queues.get(name) ?? new PQueue({ concurrency: PER_REGISTRY });
    this.#queues.set(name, queue);
    const pull = async (): Promise<void> => {
      const meter = new PullMeter(this.clock.now());
      const note = (text: string | undefined): void => {
        if (text !== undefined) flight.say(`${request.reference}: ${text}`);
      };
      await docker.pullImage(request, (progress) => note(meter.note(progress, this.clock.now())), signal);
      note(meter.summary(this.clock.now()));
    };
    try {
      await queue.add(pull, { signal });
    } finally {
      if (queue.size === 0 && queue.pending === 0) this.#queues.delete(name);
    }
  }

  #remember(key: string): void {
    const now = this.clock.now();
    this.#ended.set(key, now);
    for (const [other, at] of this.#ended) if (now - at > REMEMBER_MS) this.#ended.delete(other);
  }
}

/** Credentials are part of it as a digest: who may not pull must not profit from one who may. */
function flightKey({ docker, request }: PullOrder): string {
  const auth = createHash('sha256')
    .update(JSON.stringify(request.auth ?? null))
    .digest('hex');
  return [docker.host, request.reference, request.platform ?? '', auth].join(' ');
}
