/** The command line does not make sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const isUsageError = (error: unknown): error is UsageError => error instanceof UsageError;
