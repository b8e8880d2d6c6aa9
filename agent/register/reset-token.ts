import type { Coordinator } from '../coordinator/coordinator.ts';
import { runnerCall } from './runner-call-error.ts';
import { tokenTimes, type TokenTimes } from './token-times.ts';

/** A new token with its times; the old one is invalid from now on. */
export interface NewToken extends TokenTimes {
  readonly token: string;
}

/** Exchanges a runner's token for a new one. Throws RunnerCallError. */
export async function resetToken(coordinator: Coordinator, token: string, signal?: AbortSignal): Promise<NewToken> {
  const reset = await runnerCall('reset-token', () => coordinator.resetToken(token, signal));
  return { token: reset.token, ...tokenTimes(reset.token_expires_at, new Date()) };
}
