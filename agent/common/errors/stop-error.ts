const stopReasons = ['timeout', 'script_timeout', 'cancel', 'abort', 'shutdown'] as const;

/**
 * Why a job is ended before its end. `timeout`: the job's own limit. `script_timeout`: RUNNER_SCRIPT_TIMEOUT.
 * `cancel`: the coordinator asks, after_script may run. `abort`: for the coordinator the job is over. `shutdown`: the agent was told to stop.
 */
export type StopReason = (typeof stopReasons)[number];

export const isStopReason = (text: string): text is StopReason => stopReasons.some((reason) => reason === text);

/** The reason of an aborted job signal. */
export class StopError extends Error {
  override readonly name = 'StopError';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`the job was stopped: ${reason.replace('_', ' ')}`);
    this.reason = reason;
  }
}
