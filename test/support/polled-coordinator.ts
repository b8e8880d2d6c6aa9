import type { Coordinator, RunnerCredentials } from '../../agent/coordinator/coordinator.ts';
import type { JobOffer } from '../../agent/coordinator/job-offer.ts';
import type { RunnerInfo } from '#protocol/runner.ts';
import { raceAbort } from '../../agent/common/abort.ts';
import type { Clock } from '../../agent/common/clock.ts';

/** One job request as the coordinator saw it. */
export interface Asked {
  readonly at: number;
  readonly token: string;
  readonly lastUpdate: string | undefined;
  readonly info: RunnerInfo;
}

const notFaked = (): never => {
  throw new Error('this call is not faked');
};

/** Answers job requests in memory; any other call fails loudly. */
export class PolledCoordinator implements Coordinator {
  readonly url = 'http://fake';
  readonly asked: Asked[] = [];
  /** Requests that have no answer yet, and the most there were. */
  open = 0;
  mostOpen = 0;
  readonly #clock: Clock;
  #answers: (JobOffer | Promise<JobOffer>)[] = [];
  #otherwise: () => JobOffer | Promise<JobOffer> = () => ({ kind: 'none', lastUpdate: 'u1' });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly register = notFaked;
  readonly verify = notFaked;
  readonly unregisterRunner = notFaked;
  readonly unregisterManager = notFaked;
  readonly resetToken = notFaked;
  readonly updateJob = notFaked;
  readonly patchTrace = notFaked;

  /** The answers to the next requests, in order; afterwards there is no job. */
  answer(...answers: readonly (JobOffer | Promise<JobOffer>)[]): void {
    this.#answers.push(...answers);
  }

  otherwise(answer: () => JobOffer | Promise<JobOffer>): void {
    this.#otherwise = answer;
  }

  async requestJob(
    { token }: RunnerCredentials,
    info: RunnerInfo,
    lastUpdate: string | undefined,
    signal: AbortSignal,
  ): Promise<JobOffer> {
    this.asked.push({ at: this.#clock.now(), token, lastUpdate, info });
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    try {
      return await raceAbort(Promise.resolve(this.#answers.shift() ?? this.#otherwise()), signal);
    } finally {
      this.open--;
    }
  }
}
