/** Something the machine lacks or refuses; the message says what to do about it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

export function isSetupError(error: unknown): error is SetupError {
  return error instanceof SetupError;
}

/** The whole chain of messages, the outermost first. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error instanceof SetupError && error.cause !== undefined ? `\n${explain(error.cause)}` : '';
  return `${error.message}${cause}`;
}
