import { isRetriableStatus } from '../coordinator/retry-request.ts';
import type { JobOffer } from '../coordinator/job-offer.ts';

export interface RequestLimitRules {
  /** `request_concurrency`. */
  readonly most: number;
  /** FF_USE_ADAPTIVE_REQUEST_CONCURRENCY. */
  readonly adaptive: boolean;
}

const factors = { job: 1.1, empty: 0.95, trouble: 0.5 };

/** How many job requests of one runner may be under way: the more jobs they bring, the more, up to `request_concurrency`. */
export class RequestLimit {
  #adapted = 1;

  current({ most, adaptive }: RequestLimitRules): number {
    return adaptive ? Math.max(1, Math.min(most, Math.floor(this.#adapted))) : most;
  }

  /** Takes one more outcome into account. */
  learn(offer: JobOffer, { most }: RequestLimitRules): void {
    this.#adapted = Math.max(1, Math.min(most, this.#adapted * factor(offer)));
  }
}

function factor(offer: JobOffer): number {
  if (offer.kind === 'job') return factors.job;
  if (offer.kind === 'none') return factors.empty;
  return offer.kind === 'error' && isRetriableStatus(offer.status) ? factors.trouble : 1;
}
