/** The command was called in a way that cannot work: exit code 2, nothing was done. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
