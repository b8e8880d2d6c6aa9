/** How one coordinator behaves. */
export interface CoordinatorOptions {
  /** Folder for artifacts and the served copies of repositories; must exist. */
  readonly dataDir: string;
  /** URL that containers reach this coordinator by; it goes into the variables and repository URLs of jobs. */
  readonly advertiseUrl: string;
  /** Buys a runner by POST /runners; without one, that is disabled (410). */
  readonly registrationToken?: string;
  /** Personal access token for the reset of a runner token by runner id. */
  readonly personalAccessToken?: string;
  /** More runners than this are refused with 400. */
  readonly runnerLimit?: number;
  /** A job request that knows the current queue value is held this long; 0 is never. */
  readonly longPollSeconds: number;
  /** X-GitLab-Trace-Update-Interval in seconds; `watched` is GitLab's way: 3 while someone watches, else 60. */
  readonly traceInterval: number | 'watched';
  /** A job whose trace grows beyond this fails with trace_size_exceeded. */
  readonly traceLimitBytes: number;
  readonly artifactLimitBytes: number;
  /** Answers downloads that allow it with a redirect to the stored file, as object storage does. */
  readonly remoteArtifacts: boolean;
  /** The /mock calls are answered for other hosts too. */
  readonly adminFromAnywhere: boolean;
}

export const defaultOptions = {
  longPollSeconds: 0,
  traceInterval: 1,
  traceLimitBytes: 100 * 1024 * 1024,
  artifactLimitBytes: 100 * 1024 * 1024,
  remoteArtifacts: false,
  adminFromAnywhere: false,
} as const;
