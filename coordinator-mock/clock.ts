/** Seconds that only ever grow, from the moment of its making. */
export class MonotonicClock {
  readonly #start = performance.now();

  seconds(): number {
    return Math.round((performance.now() - this.#start) * 10) / 10_000;
  }
}
