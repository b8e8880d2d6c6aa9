import type { FailureReason } from '#protocol/failure-reason.ts';

export interface JobFailureOptions extends ErrorOptions {
  /** What the failing process exited with, when there was one. */
  readonly exitCode?: number;
}

/** Why a job failed: the reason that the coordinator stores and, as the message, the sentence that its user reads. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly reason: FailureReason;
  readonly exitCode: number | undefined;

  constructor(reason: FailureReason, sentence: string, options: JobFailureOptions = {}) {
    super(sentence, options);
    this.reason = reason;
    this.exitCode = options.exitCode;
  }
}
