/** One field of a peer's message that is not what the wire contract says. It never holds the field's value: that may be a secret. */
export class ProtocolError extends Error {
  /** The message that was read, such as `job payload`. */
  readonly what: string;
  /** Where, such as `steps[0].script`; empty for the message as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;

  constructor(what: string, path: string, expected: string, found: string) {
    super(`${what}: ${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`);
    this.name = 'ProtocolError';
    this.what = what;
    this.path = path;
    this.expected = expected;
    this.found = found;
  }
}

export const isProtocolError = (error: unknown): error is ProtocolError => error instanceof ProtocolError;
