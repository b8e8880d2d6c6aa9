/** The keys that say how old a token may become. */
export interface TokenTimes {
  readonly token_obtained_at: Date;
  readonly token_expires_at: Date;
}

/** What stands for "never" in the config file. */
const NEVER = new Date('0001-01-01T00:00:00Z');

/** The times of a token that was just received; `expiresAt` as the coordinator sent it. */
export function tokenTimes(expiresAt: string | undefined, now: Date): TokenTimes {
  const expiry = new Date(expiresAt ?? Number.NaN);
  return { token_obtained_at: now, token_expires_at: Number.isNaN(expiry.getTime()) ? NEVER : expiry };
}
