import { mapFailureReason } from '#protocol/failure-reason.ts';
import type { JobUpdate } from '#protocol/job-update.ts';
import type { RunnerInfo } from '#protocol/runner.ts';
import { backoffDelay, type BackoffPlan } from '../common/backoff.ts';
import { systemClock, type Clock } from '../common/clock.ts';
import type { Coordinator, JobCredentials, JobReply } from '../coordinator/coordinator.ts';
import type { TraceSender } from '../trace/send-trace.ts';
import type { JobResult } from './job-result.ts';

export interface ReportResultOptions {
  readonly coordinator: Coordinator;
  readonly job: JobCredentials;
  /** Has been stopped. */
  readonly sender: TraceSender;
  readonly result: JobResult;
  readonly info?: RunnerInfo;
  /** The reasons that the coordinator knows (`features.failure_reasons`). */
  readonly failureReasons: readonly string[];
  /** `job_status_final_update_retry_limit`: how many failing rounds are too many. */
  readonly retryLimit?: number;
  readonly clock?: Clock;
  /** Called before each wait for another round: how many rounds have failed and why. */
  readonly onRetry?: (round: number, trouble: RoundTrouble) => void;
}

/** Why a round failed: the status of the last reply, -1 for none. */
export interface RoundTrouble {
  readonly status: number;
  readonly error: Error | undefined;
}

/** `accepted`: the coordinator has the result. `refused`: it does not want it, the job is over there. `given-up`: too many rounds failed. */
export type ReportOutcome = 'accepted' | 'refused' | 'given-up';

/** What one round came to. `later`: the coordinator asks for patience; `resend`: it has lost the trace. */
type Verdict =
  | { readonly kind: 'over'; readonly outcome: ReportOutcome }
  | { readonly kind: 'later'; readonly pauseMs: number | undefined; readonly resend: boolean }
  | ({ readonly kind: 'failed' } & RoundTrouble);

const defaultRetryLimit = 10;
/** A coordinator that answers, but not as it should. */
const troubled: BackoffPlan = { firstMs: 1000, maxMs: 3_600_000, jitter: true };
/** One that is not there: the result has to arrive soon after it is back. */
const away: BackoffPlan = { firstMs: 1000, maxMs: 15_000, jitter: true };
const awayStatuses: readonly number[] = [-1, 502, 503, 504];

/**
 * Sends the rest of the trace and the result, as often as it takes: rounds in which the coordinator asks for patience
 * or is away are without limit, others end at `retryLimit`. Rejects with the signal's reason only; the result can then
 * be reported by another call.
 */
export async function reportResult(options: ReportResultOptions, signal: AbortSignal): Promise<ReportOutcome> {
  const { sender, clock = systemClock, retryLimit = defaultRetryLimit } = options;
  let round = 0;
  let counted = 0;
  for (;;) {
    const verdict = await tryRound(options, counted >= retryLimit - 1, signal);
    if (verdict.kind === 'over') return verdict.outcome;
    if (verdict.kind === 'later') {
      if (verdict.resend) sender.rewind();
      await clock.sleep(verdict.pauseMs ?? sender.pauseMs, signal);
      continue;
    }
    const isAway = awayStatuses.includes(verdict.status);
    if (!isAway && ++counted >= retryLimit) return 'given-up';
    options.onRetry?.(++round, verdict);
    await clock.sleep(isAway ? backoffDelay(away, round - 1) : backoffDelay(troubled, counted - 1), signal);
  }
}

/** One try. A trace that cannot be sent holds the result back, but not in the last round. */
async function tryRound(options: ReportResultOptions, last: boolean, signal: AbortSignal): Promise<Verdict> {
  const flushed = await options.sender.flush(signal);
  if (flushed.kind === 'failed' && !last) return flushed;
  return judge(await options.coordinator.updateJob(options.job, finalUpdate(options), signal));
}

function finalUpdate({ result, info, failureReasons, sender }: ReportResultOptions): JobUpdate {
  const outcome =
    result.state === 'success'
      ? {}
      : {
          failure_reason: mapFailureReason(result.reason, failureReasons),
          ...(result.exitCode === undefined || result.exitCode === 0 ? {} : { exit_code: result.exitCode }),
        };
  return { ...(info === undefined ? {} : { info }), state: result.state, ...outcome, ...sender.describe() };
}

function judge({ status, jobStatus, updateInterval, error }: JobReply): Verdict {
  const pauseMs = updateInterval === undefined ? undefined : updateInterval * 1000;
  const isOver = jobStatus === 'canceled' || jobStatus === 'failed';
  if (status === 200) return { kind: 'over', outcome: 'accepted' };
  if (isOver || status === 403 || status === 404) return { kind: 'over', outcome: 'refused' };
  if (status === 202 || status === 412) return { kind: 'later', pauseMs, resend: status === 412 };
  return { kind: 'failed', status, error };
}
