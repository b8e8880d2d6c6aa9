/** What went wrong: who asks is not known, may not, there is no such image, too often, no connection, no trust, the rest. */
export type RegistryErrorKind =
  'unauthorized' | 'denied' | 'not-found' | 'rate-limited' | 'unreachable' | 'tls' | 'server';

interface RegistryErrorFacts {
  readonly kind: RegistryErrorKind;
  /** `registry.example.com:5000`, as in the reference. */
  readonly registry: string;
  /** HTTP status; undefined without an answer. */
  readonly status?: number | undefined;
  /** What the registry asks to wait, milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** A registry did not say what it was asked. The message has neither credentials nor tokens in it. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly kind: RegistryErrorKind;
  readonly registry: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: RegistryErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.kind = facts.kind;
    this.registry = facts.registry;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

export const isRegistryError = (error: unknown): error is RegistryError => error instanceof RegistryError;
