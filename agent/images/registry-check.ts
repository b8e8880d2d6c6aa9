import { toError } from '../common/errors/to-error.ts';
import { type Clock, systemClock } from '../common/clock.ts';
import type { Credential } from './auth/credential.ts';
import { imagePlace } from './registry/image-place.ts';
import type { RegistryErrorKind } from './registry/registry-error.ts';
import { RegistryError } from './registry/registry-error.ts';

/** Longest time that a registry may take to answer one question. */
const PATIENCE_MS = 5_000;
/** How long a registry that did not answer is left alone when another image of it is here. */
const SILENCE_MS = 60_000;
/** How long an image that was given to anybody counts as public, and the most that is remembered: jobs choose the names. */
const PUBLIC_MS = 600_000;
const MOST_REMEMBERED = 1000;

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
  readonly #silent = new Map<string, { readonly at: number; readonly answer: RegistryAnswer }>();

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
        if (credential === undefined) remember(this.#public, reference, this.#clock.now());
        return { kind: 'granted', digest, credential };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof RegistryError) || !REFUSALS.has(error.kind)) return this.#unanswered(reference, error);
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

  /** That the registry of the image did not answer a short while ago: a host without a way out asks once a minute. */
  silence(reference: string): RegistryAnswer | undefined {
    const known = this.#silent.get(imagePlace(reference)?.registry ?? '');
    return known !== undefined && this.#clock.now() - known.at < SILENCE_MS ? known.answer : undefined;
  }

  #unanswered(reference: string, error: unknown): RegistryAnswer {
    const answer: RegistryAnswer = { kind: 'unknown', error: toError(error) };
    const away = !(error instanceof RegistryError) || error.kind === 'unreachable';
    if (away) remember(this.#silent, imagePlace(reference)?.registry ?? '', { at: this.#clock.now(), answer });
    return answer;
  }
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > MOST_REMEMBERED && oldest !== undefined) memory.delete(oldest);
}
