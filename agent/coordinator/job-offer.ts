import type { JobPayload } from '#protocol/job.ts';
import type { ProtocolError } from '#protocol/protocol-error.ts';

/** A job that was handed out (201). A malformed one still has to be reported: `payload` is then the error that names the field. */
export interface ReceivedJob {
  readonly id: number;
  readonly token: string;
  readonly payload: JobPayload | ProtocolError;
  /** `features.failure_reasons` as far as it could be read; empty otherwise. */
  readonly failureReasons: readonly string[];
}

/**
 * What one job request brought.
 * `none`: no job. `refused`: 403. `error`: any other status, or -1 for no answer or an answer that is no job at all.
 * `lastUpdate` is the value to send with the next request, when the coordinator gave one.
 */
export type JobOffer =
  | { readonly kind: 'job'; readonly job: ReceivedJob }
  | { readonly kind: 'none'; readonly lastUpdate: string | undefined }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'error'; readonly status: number; readonly message: string };
