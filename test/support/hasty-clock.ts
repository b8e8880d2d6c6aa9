import type { Clock } from '../../agent/common/clock.ts';

/** A clock whose waits are over at once; `sleeps` tells how long they were to be, in milliseconds. */
export class HastyClock implements Clock {
  readonly sleeps: number[] = [];

  now(): number {
    return performance.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
  }
}
