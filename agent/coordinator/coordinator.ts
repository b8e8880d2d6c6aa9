import type { JobUpdate } from '#protocol/job-update.ts';
import type { RegisterRequest, RunnerIdentity, RunnerInfo, TokenReset } from '#protocol/runner.ts';
import type { CoordinatorContact } from './coordinator-contact.ts';
import type { JobOffer } from './job-offer.ts';

/** Who asks: one `[[runners]]` entry. `systemId` names this manager (protocol: `system_id`). */
export interface RunnerCredentials {
  readonly token: string;
  readonly systemId: string;
}

/** Whose trace and state: one received job. `token` is the job token. */
export interface JobCredentials {
  readonly id: number;
  readonly token: string;
}

/** What the coordinator thinks of the job (`Job-Status` header), when it says. */
export type JobStatus = 'pending' | 'running' | 'canceling' | 'canceled' | 'failed' | 'success' | (string & {});

/** The reply to a trace patch or a job update. Never thrown for a status code: the caller decides what a code means. */
export interface JobReply {
  /** HTTP status, or -1 when no answer came (refused, reset, timed out). */
  readonly status: number;
  readonly jobStatus: JobStatus | undefined;
  /** Seconds, from `X-GitLab-Trace-Update-Interval`; only positive whole numbers, capped at 900. */
  readonly updateInterval: number | undefined;
  /** Bytes that the coordinator holds, from `Range: 0-<n>`; undefined when absent or odd. */
  readonly storedBytes: number | undefined;
  /** Milliseconds that the coordinator wants to be left alone, with 408, 429 and 5xx; more than an hour counts as an hour. */
  readonly retryAfterMs?: number;
  /** Why there was no answer (status -1), without secrets. */
  readonly error?: Error;
}

/**
 * The only door to the network: GitLab's runner API v4 at one base URL with one set of TLS options.
 *
 * Every call makes at most five attempts on 408, 429, 500, 502-504 and >= 512 and waits as `RateLimit-ResetTime`,
 * `Retry-After` or jittered back-off (100 ms to 60 s) say; transport errors are not retried here, nor is an update or a
 * patch whose answer asks for more than five seconds. A request that takes longer
 * than a minute counts as unanswered, but for the ones that a coordinator may hold until there is a job.
 * Calls may run concurrently. An aborted signal rejects with the signal's reason; nothing else but
 * `CoordinatorError` is thrown, and only by the runner-level calls.
 */
export interface Coordinator {
  readonly url: string;
  /** What the calls so far show of whether it answers; several doors to one coordinator may share it. */
  readonly contact?: CoordinatorContact | undefined;
  register(request: RegisterRequest, signal?: AbortSignal): Promise<RunnerIdentity>;
  verify(runner: RunnerCredentials, info: RunnerInfo, signal?: AbortSignal): Promise<RunnerIdentity>;
  unregisterRunner(token: string, signal?: AbortSignal): Promise<void>;
  unregisterManager(runner: RunnerCredentials, signal?: AbortSignal): Promise<void>;
  resetToken(token: string, signal?: AbortSignal): Promise<TokenReset>;
  requestJob(
    runner: RunnerCredentials,
    info: RunnerInfo,
    lastUpdate: string | undefined,
    signal: AbortSignal,
  ): Promise<JobOffer>;
  updateJob(job: JobCredentials, update: JobUpdate, signal?: AbortSignal): Promise<JobReply>;
  /** Sends `bytes` (1 to 1048576) that start at `offset` of the trace. */
  patchTrace(
    job: JobCredentials,
    bytes: Uint8Array,
    offset: number,
    debugTrace: boolean,
    signal?: AbortSignal,
  ): Promise<JobReply>;
}
