import { mapFailureReason } from '#protocol/failure-reason.ts';
import type { JobUpdate } from '#protocol/job-update.ts';
import type { RunnerInfo } from '#protocol/runner.ts';
import { systemClock, type Clock } from '../common/clock.ts';
import type { Coordinator, JobCredentials, JobReply } from '../coordinator/coordinator.ts';
import type { TraceSender } from '../trace/send-trace.ts';
import type { JobResult } from './job-result.ts';
import { RoundPatience } from './round-patience.ts';

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
  /** Runs one round in its turn; at once when left out. */
  readonly turn?: (round: () => Promise<Verdict>) => Promise<Verdict>;
  /** Called before each wait for another round: how many rounds have failed, and why the last one did, if it was not patience that was asked for. */
  readonly onWait?: (rounds: number, trouble: RoundTrouble | undefined) => void;
}

/** Why a round failed: the status of the last reply, -1 for none, and what it wants to be waited. */
export type RoundTrouble = Pick<JobReply, 'status' | 'retryAfterMs' | 'error'>;

/** `accepted`: the coordinator has the result. `refused`: it does not want it, the job is over there. `given-up`: too many rounds failed. */
export type ReportOutcome = 'accepted' | 'refused' | 'given-up';

/** What one round came to. `later`: the coordinator asks for patience; `resend`: it has lost the trace. */
export type Verdict =
  | { readonly kind: 'over'; readonly outcome: ReportOutcome }
  | { readonly kind: 'later'; readonly pauseMs: number | undefined; readonly resend: boolean }
  | ({ readonly kind: 'failed' } & RoundTrouble);

const defaultRetryLimit = 10;

/**
 * Sends the rest of the trace and the result, as often as it takes: rounds in which the coordinator asks for patience
 * or is away are without limit, others end at `retryLimit`. Rejects with the signal's reason only; the result can then
 * be reported by another call.
 */
export async function reportResult(options: ReportResultOptions, signal: AbortSignal): Promise<ReportOutcome> {
  const { sender, coordinator, clock = systemClock, retryLimit = defaultRetryLimit } = options;
  const patience = new RoundPatience({ clock, limit: retryLimit, contact: coordinator.contact });
  for (;;) {
    const round = (): Promise<Verdict> => tryRound(options, patience.last, signal);
    const verdict = await (options.turn?.(round) ?? round());
    if (verdict.kind === 'over') return verdict.outcome;
    if (verdict.kind === 'later') {
      if (verdict.resend) sender.rewind();
      options.onWait?.(patience.rounds, undefined);
      await clock.sleep(verdict.pauseMs ?? sender.pauseMs, signal);
      continue;
    }
    if (!patience.failed(verdict)) return 'given-up';
    options.onWait?.(patience.rounds, verdict);
    await patience.rest(signal);
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

function judge(reply: JobReply): Verdict {
  const { status, jobStatus, updateInterval } = reply;
  const pauseMs = updateInterval === undefined ? undefined : updateInterval * 1000;
  const isOver = jobStatus === 'canceled' || jobStatus === 'failed';
  if (status === 200) return { kind: 'over', outcome: 'accepted' };
  if (isOver || status === 403 || status === 404) return { kind: 'over', outcome: 'refused' };
  if (status === 202 || status === 412) return { kind: 'later', pauseMs, resend: status === 412 };
  return { kind: 'failed', ...reply };
}
