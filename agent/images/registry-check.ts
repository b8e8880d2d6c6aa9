import { toError } from '../common/errors/to-error.ts';
import { type Clock, systemClock } from '../common/clock.ts';
import type { Credential } from './auth/credential.ts';
import type { RegistryErrorKind } from './registry/registry-error.ts';
import { RegistryError } from './registry/registry-error.ts';

/** Longest time that a registry may take to answer one question. */
const PATIENCE_MS = 10_000;
/** How long an image that was given to anybody counts as public, and the most of them that are remembered. */
const PUBLIC_MS = 600_000;
const PUBLIC_IMAGES = 1000;

const REFUSALS: ReadonlySet<RegistryErrorKind> = new Set(['unauthorized', 'denied', 'not-found']);

/** Whether a registry gives an image to the bearer of these credentials. `unknown`: it could not be asked. */
export type RegistryAnswer =
  | { readonly kind: 'granted'; readonly digest: string; readonly credential: Credential | undefined }
  | { readonly kind: 'refused' | 'unknown'; readonly error: Error };

/** The part of RegistryClient that is needed here. */
export interface ManifestSource {
  headManifest(
    reference: string,
    credential: Credential | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly digest: string }>;
}

/** Asks registries who may have what, for all jobs of one agent. */
export class RegistryCheck {
  readonly #registry: ManifestSource;
  readonly #clock: Clock;
  readonly #public = new Map<string, number>();

  constructor(registry: ManifestSource, clock: Clock = systemClock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** Asks with each credential in turn until one is accepted; without any, anonymously. Rejects only when the signal aborts. */
  async ask(reference: string, credentials: readonly Credential[], signal: AbortSignal): Promise<RegistryAnswer> {
    let refused: Error | undefined;
    for (const credential of credentials.length > 0 ? credentials : [undefined]) {
      try {
        const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
        const { digest } = await this.#registry.headManifest(reference, credential, patience);
        if (credential === undefined) this.#remember(reference);
        return { kind: 'granted', digest, credential };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof RegistryError) || !REFUSALS.has(error.kind))
          return { kind: 'unknown', error: toError(error) };
        refused = error;
      }
    }
    return { kind: 'refused', error: refused ?? new Error('no credentials') };
  }

  /** Milliseconds that the registry asks to be left alone; undefined when it does not say. */
  async retryAfter(
    reference: string,
    credential: Credential | undefined,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const answer = await this.ask(reference, credential === undefined ? [] : [credential], signal);
    return answer.kind === 'unknown' && answer.error instanceof RegistryError ? answer.error.retryAfterMs : undefined;
  }

  /** Whether the image was given to somebody without credentials a short while ago. */
  isPublic(reference: string): boolean {
    return this.#clock.now() - (this.#public.get(reference) ?? -Infinity) < PUBLIC_MS;
  }

  #remember(reference: string): void {
    this.#public.delete(reference);
    this.#public.set(reference, this.#clock.now());
    const [oldest] = this.#public.keys();
    if (this.#public.size > PUBLIC_IMAGES && oldest !== undefined) this.#public.delete(oldest);
  }
}
