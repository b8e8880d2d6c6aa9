/** The command cannot work the way it was called or configured: exit code 2, nothing was done. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
