import PQueue from 'p-queue';
import type { Slot } from '../job/job-handler.ts';
import { onAbort } from '../common/abort.ts';

/** A reserved place for one job. It has no number before the job's project is known. */
export interface Reservation {
  /** Gives the place the lowest free numbers of its entry and, within that, of the project. */
  assign(projectId: number): Slot;
  /** Frees the place and its numbers. More than one call does nothing more. */
  release(): void;
}

interface Entry {
  readonly queue: PQueue;
  readonly numbers: Set<number>;
  readonly projects: Map<number, Set<number>>;
}

/**
 * Places for running jobs: `concurrent` of the whole agent, `limit` of each entry. Whoever waits longest is served first, so
 * that an entry with a full queue cannot starve another. Lowering a bound never takes a place away, it delays the next one.
 */
export class JobSlots {
  readonly #queue: PQueue;
  readonly #entries = new Map<string, Entry>();

  constructor(concurrent: number) {
    this.#queue = new PQueue({ concurrency: concurrent });
  }

  get concurrent(): number {
    return this.#queue.concurrency;
  }

  set concurrent(places: number) {
    this.#queue.concurrency = places;
  }

  /** Places that nobody holds now. */
  get free(): number {
    return Math.max(0, this.#queue.concurrency - this.#queue.pending);
  }

  /** Places of one entry at a time; 0 or less is no bound. */
  setLimit(entryKey: string, limit: number): void {
    this.#entry(entryKey).queue.concurrency = limit > 0 ? limit : Infinity;
  }

  /** Waits for a place. Rejects with the signal's reason when it aborts first. */
  async reserve(entryKey: string, signal: AbortSignal): Promise<Reservation> {
    const entry = this.#entry(entryKey);
    const leaveEntry = await occupy(entry.queue, signal);
    try {
      const leaveAgent = await occupy(this.#queue, signal);
      return new HeldPlace(entry, [leaveAgent, leaveEntry]);
    } catch (error) {
      leaveEntry();
      throw error;
    }
  }

  /** The place of a job that runs already, with the numbers it has; it counts even where there are more such jobs than places. */
  restore(entryKey: string, slot: Slot, projectId: number): Reservation {
    const entry = this.#entry(entryKey);
    const never = new AbortController().signal;
    const leave = [occupy(entry.queue, never), occupy(this.#queue, never)];
    const place = new HeldPlace(
      entry,
      leave.map((granted) => () => void granted.then((release) => release())),
    );
    place.take(slot, projectId);
    return place;
  }

  /** Resolves when no place is held and nobody waits for one. */
  async whenIdle(): Promise<void> {
    await this.#queue.onIdle();
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { queue: new PQueue(), numbers: new Set(), projects: new Map() };
    this.#entries.set(key, entry);
    return entry;
  }
}

class HeldPlace implements Reservation {
  readonly #entry: Entry;
  #onRelease: (() => void)[];

  constructor(entry: Entry, onRelease: (() => void)[]) {
    this.#entry = entry;
    this.#onRelease = onRelease;
  }

  assign(projectId: number): Slot {
    const { numbers, projects } = this.#entry;
    const slot = { concurrentId: lowestFree(numbers), projectSlot: lowestFree(projects.get(projectId)) };
    this.take(slot, projectId);
    return slot;
  }

  /** Gives the place these numbers. */
  take({ concurrentId, projectSlot }: Slot, projectId: number): void {
    const { numbers, projects } = this.#entry;
    const project = projects.get(projectId) ?? new Set<number>();
    projects.set(projectId, project);
    numbers.add(concurrentId);
    project.add(projectSlot);
    this.#onRelease.unshift(() => {
      numbers.delete(concurrentId);
      project.delete(projectSlot);
      if (project.size === 0) projects.delete(projectId);
    });
  }

  release(): void {
    const steps = this.#onRelease;
    this.#onRelease = [];
    for (const step of steps) step();
  }
}

function lowestFree(numbers: ReadonlySet<number> = new Set()): number {
  let lowest = 0;
  while (numbers.has(lowest)) lowest++;
  return lowest;
}

/** Takes one of the queue's places; the function that comes back gives it up. The signal only counts while waiting. */
async function occupy(queue: PQueue, signal: AbortSignal): Promise<() => void> {
  signal.throwIfAborted();
  const waiting = new AbortController();
  using link = onAbort(signal, (reason) => waiting.abort(reason));
  const granted = Promise.withResolvers<() => void>();
  const place = Promise.withResolvers<void>();
  const task = (): Promise<void> => {
    link[Symbol.dispose]();
    granted.resolve(place.resolve);
    return place.promise;
  };
  queue.add(task, { signal: waiting.signal }).catch(granted.reject);
  return await granted.promise;
}
