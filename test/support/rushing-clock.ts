import type { Clock } from '../../agent/common/clock.ts';

/** A clock whose sleeps are over at once and have taken their time all the same. */
export class RushingClock implements Clock {
  #now = 0;
  readonly sleeps: number[] = [];

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.#now += ms;
    await Promise.resolve();
  }
}
