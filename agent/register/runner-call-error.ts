import { isCoordinatorError, type CoordinatorError } from '../coordinator/coordinator-error.ts';

/** What was asked of the coordinator, as it reads in a sentence. */
export type RunnerCall = 'register' | 'verify' | 'unregister' | 'reset-token';

/** The coordinator did not do what was asked. The message is a whole sentence and says what to do where that is known. */
export class RunnerCallError extends Error {
  readonly call: RunnerCall;
  /** HTTP status, or less than 0 for no answer. */
  readonly status: number;

  constructor(call: RunnerCall, cause: CoordinatorError, hint?: string) {
    super(sentence(call, cause, hint), { cause });
    this.name = 'RunnerCallError';
    this.call = call;
    this.status = cause.status;
  }
}

export const isRunnerCallError = (error: unknown): error is RunnerCallError => error instanceof RunnerCallError;

/** Runs one runner-level call. Throws RunnerCallError; an abort and errors of our own pass as they are. */
export async function runnerCall<Answer>(call: RunnerCall, ask: () => Promise<Answer>, hint?: string): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw isCoordinatorError(error) ? new RunnerCallError(call, error, hint) : error;
  }
}

function sentence(call: RunnerCall, error: CoordinatorError, hint: string | undefined): string {
  const told = error.detail === '' ? '' : ` (${error.detail})`;
  return `${reason(call, error, told)}${hint === undefined || error.status !== 403 ? '' : `; ${hint}`}`;
}

function reason(call: RunnerCall, { status, url, detail }: CoordinatorError, told: string): string {
  if (status < -1) return detail;
  if (status < 0) return `${url} does not answer${told}: check the URL and that it can be reached from here`;
  if (status === 403 && call === 'register')
    return `${url} refuses the registration token (403)${told}: it is wrong, expired or revoked`;
  if (status === 403)
    return `${url} does not know this runner token (403)${told}: it is wrong, expired, or the runner was removed`;
  if (status === 404) return `${url} has no runner API (404)${told}: is this the URL of a GitLab server?`;
  if (status === 410)
    return `${url} has registration tokens switched off (410)${told}: create the runner there and use its glrt- token with --token`;
  return `${url} answered ${status} to ${call}${told}`;
}
