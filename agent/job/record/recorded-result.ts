import { isFailureReason, type FailureReason } from '#protocol/failure-reason.ts';
import type { RecordedFailure } from '../../journal/journal-entry.ts';
import type { RecordedEnd } from '../../journal/journal-state.ts';
import type { JobResult } from '../../result/job-result.ts';

/** A result as it is written down: without a failure it is success. */
export function recordedFailure(result: JobResult): { failure?: RecordedFailure } {
  if (result.state === 'success') return {};
  const { reason, sentence, exitCode } = result;
  return { failure: { reason, sentence, ...(exitCode === undefined ? {} : { exitCode }) } };
}

/** The result that was written down. */
export function recordedResult({ failure }: RecordedEnd): JobResult {
  if (failure === undefined) return { state: 'success' };
  return { state: 'failed', reason: knownReason(failure), exitCode: failure.exitCode, sentence: failure.sentence };
}

/** Another version of the agent may have had more reasons. */
export const knownReason = ({ reason }: RecordedFailure): FailureReason =>
  isFailureReason(reason) ? reason : 'unknown_failure';
