import type { PullProgress } from '../docker/docker-client.ts';

interface Layer {
  current: number;
  total: number;
  done: boolean;
}

/** Milliseconds between two lines, at first and once a pull turns out to be a long one. */
const FIRST_GAP_MS = 1000;
const LATER_GAP_MS = 5000;
const QUICK_LINES = 10;

const LAYER_ID = /^[0-9a-f]{12}$/;
const DONE = new Set(['Download complete', 'Pull complete', 'Already exists', 'Verifying Checksum', 'Extracting']);

/** Counts the layers and bytes of one pull out of the engine's progress; says a line about them now and then. */
export class PullMeter {
  readonly #layers = new Map<string, Layer>();
  readonly #startedAt: number;
  #saidAt: number;
  #lines = 0;

  /** Times are milliseconds on any monotonic clock. */
  constructor(now: number) {
    this.#startedAt = now;
    this.#saidAt = now;
  }

  /** The line that is due after this progress: at most one per second. */
  note(progress: PullProgress, now: number): string | undefined {
    this.#count(progress);
    const gap = this.#lines < QUICK_LINES ? FIRST_GAP_MS : LATER_GAP_MS;
    if (this.#layers.size === 0 || now - this.#saidAt < gap) return undefined;
    this.#saidAt = now;
    this.#lines += 1;
    return this.#state();
  }

  /** What was pulled in what time; undefined when nothing had to be downloaded. */
  summary(now: number): string | undefined {
    const bytes = this.#sum('current');
    if (bytes === 0) return undefined;
    return `${this.#layers.size} layers, ${megabytes(bytes)} MB in ${((now - this.#startedAt) / 1000).toFixed(1)} s`;
  }

  #count({ id, status, current, total }: PullProgress): void {
    if (id === undefined || status === undefined || !LAYER_ID.test(id)) return;
    const layer = this.#layers.get(id) ?? { current: 0, total: 0, done: false };
    this.#layers.set(id, layer);
    if (status === 'Downloading') {
      layer.current = Math.max(layer.current, current ?? 0);
      layer.total = Math.max(layer.total, total ?? 0);
    }
    if (!DONE.has(status)) return;
    layer.done = true;
    layer.current = layer.total;
  }

  #state(): string {
    const done = [...this.#layers.values()].filter((layer) => layer.done).length;
    const bytes = `${megabytes(this.#sum('current'))} of ${megabytes(this.#sum('total'))} MB`;
    return `${done} of ${this.#layers.size} layers, ${bytes}`;
  }

  #sum(field: 'current' | 'total'): number {
    return [...this.#layers.values()].reduce((sum, layer) => sum + layer[field], 0);
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
