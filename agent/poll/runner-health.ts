import type { Clock } from '../common/clock.ts';

export interface HealthRules {
  /** `unhealthy_requests_limit`: so many bad outcomes in a row make the runner rest. */
  readonly badInARow: number;
  /** `unhealthy_interval`, milliseconds: how long the last good answer must be past before it is asked for again. */
  readonly restMs: number;
}

/** Whether a runner whose requests are refused should go on asking. */
export class RunnerHealth {
  readonly #clock: Clock;
  #lastGood: number;
  #bad = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastGood = clock.now();
  }

  /** An answer that shows the runner is known. True when it had rested or was about to. */
  good(): boolean {
    const recovered = this.#bad > 0;
    this.#bad = 0;
    this.#lastGood = this.#clock.now();
    return recovered;
  }

  /** A refusal, or a request that could not be made. True when this one makes the runner rest. */
  bad(rules: HealthRules): boolean {
    this.#bad++;
    return this.#bad === rules.badInARow;
  }

  /** Milliseconds until the next request is allowed; 0: now. After the rest the runner starts with a clean slate. */
  restFor({ badInARow, restMs }: HealthRules): number {
    if (this.#bad < badInARow) return 0;
    const left = this.#lastGood + restMs - this.#clock.now();
    if (left > 0) return left;
    this.#bad = 0;
    this.#lastGood = this.#clock.now();
    return 0;
  }
}
