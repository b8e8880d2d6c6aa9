import { readFileSync } from 'node:fs';

/** A point in time that another process can count from: the monotonic clock while the machine runs, the wall clock otherwise. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly wall: number;
  /** Milliseconds since the machine started. */
  readonly up: number;
  /** Names the run of the machine; empty where the system does not tell. */
  readonly boot: string;
}

export const momentNow = (): Moment => ({ wall: Date.now(), up: upMs(), boot: bootId() });

/** Milliseconds since then, not below 0. */
export function elapsedMs(then: Moment, now: Moment = momentNow()): number {
  const sameRun = then.boot !== '' && then.boot === now.boot;
  return Math.max(0, sameRun ? now.up - then.up : now.wall - then.wall);
}

/** CLOCK_MONOTONIC, which all processes of a machine share and nobody can set. */
const upMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
