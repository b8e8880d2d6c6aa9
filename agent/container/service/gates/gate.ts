/** One way to find out that a service is ready. A file per way; `chooseGate` knows them all. */
export interface Gate {
  /** Resolves when the service is ready, or rejects: with the signal's reason, or because it cannot become ready any more. */
  wait(signal: AbortSignal): Promise<void>;
  /** What was missing so far, for a sentence that goes on with ", within 30 s". */
  missing(): string;
  /** The service may have done its work and ended with 0: its end is no news then, and `wait` alone decides. */
  readonly mayEnd?: boolean;
}
