import { answerOffer, type OfferAnswer } from './answer-offer.ts';
import type { AuthExplanation } from './auth-explanation.ts';
import type { AuthSource } from './auth-source.ts';
import { CredentialHelpers } from './helpers/credential-helpers.ts';
import type { Credential } from './credential.ts';
import { explainSource } from './explain-source.ts';
import type { AllowedHelpers } from './helpers/helper-permit.ts';
import { planOffers, type ReadSource, readSources } from './plan-offers.ts';
import { imagePath, type ImagePath } from './keys/registry-path.ts';
import { helperRunner, type RunHelper } from './helpers/run-helper.ts';
import { sourceWarnings } from './source-warnings.ts';

export interface CredentialResolverOptions {
  /** Which helpers a job's own config may have run. */
  readonly allowedHelpers: AllowedHelpers;
  readonly log: { warning(text: string): void };
  /** Ends with the job; running helpers are killed. */
  readonly signal: AbortSignal;
  readonly runHelper?: RunHelper;
}

/**
 * Finds the credentials of the images of one job. Sources are given highest first. Helpers run when an image asks for
 * their registry, and once per job; every warning is said once.
 */
export class CredentialResolver {
  readonly #options: CredentialResolverOptions;
  readonly #sources: readonly ReadSource[];
  readonly #helpers: CredentialHelpers;
  readonly #said = new Set<string>();
  readonly #secrets = new Set<string>();

  constructor(sources: readonly AuthSource[], options: CredentialResolverOptions) {
    this.#options = options;
    this.#sources = readSources(sources);
    this.#helpers = new CredentialHelpers(options.runHelper ?? helperRunner({ env: process.env }), options.signal);
  }

  /**
   * The credentials for an image, best first: longest path over all sources, the higher source at equal path. Empty: anonymous.
   * @throws {JobFailure} when the best key names a helper outside of PATH
   */
  async candidates(reference: string): Promise<readonly Credential[]> {
    const answers = await this.#answers(imagePath(reference));
    const warnings = this.#sources.flatMap((source) => sourceWarnings(source));
    for (const warning of [...warnings, ...answers.flatMap(({ warning: text }) => text ?? [])]) this.#warn(warning);
    const best = answers.find(({ credential, failure }) => credential !== undefined || failure !== undefined);
    if (best?.failure !== undefined) throw best.failure;
    const credentials = distinct(answers.flatMap(({ credential }) => credential ?? []));
    for (const credential of credentials) for (const secret of secretsOf(credential)) this.#secrets.add(secret);
    return credentials;
  }

  /** How the credentials of an image are found, step by step, for `doctor`; without a secret. Helpers are asked. */
  async explain(reference: string): Promise<AuthExplanation> {
    const image = imagePath(reference);
    const answers = await this.#answers(image);
    const candidates = distinct(answers.flatMap(({ credential }) => credential ?? []));
    return {
      reference,
      registry: image.registry,
      prefixes: [...image.prefixes.keys()],
      sources: this.#sources.map((source) => explainSource(source, answers, candidates)),
      candidates: candidates.map(({ source, key, username }) => ({ source, key, username })),
    };
  }

  /** What must not be seen in the trace: everything that `candidates` has handed out, and its forms in requests. */
  secrets(): readonly string[] {
    return [...this.#secrets];
  }

  async #answers(image: ImagePath): Promise<OfferAnswer[]> {
    const context = { image, helpers: this.#helpers, allowed: this.#options.allowedHelpers };
    const offers = planOffers(this.#sources, image);
    const answers = await Promise.all(offers.map((offer) => answerOffer(offer, context)));
    // Offers come by source; sorting keeps that order among equal paths.
    return answers.toSorted((one, other) => one.rank - other.rank);
  }

  #warn(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#options.log.warning(text);
  }
}

/** The same login from a lower source is not worth a second try. */
function distinct(credentials: readonly Credential[]): Credential[] {
  const first = new Map<string, Credential>();
  for (const credential of credentials.toReversed()) first.set(loginOf(credential), credential);
  return credentials.filter((credential) => first.get(loginOf(credential)) === credential);
}

const loginOf = ({ username, password, identityToken }: Credential): string =>
  JSON.stringify([username, password, identityToken]);

const secretsOf = ({ username, password, identityToken }: Credential): string[] =>
  [password, identityToken ?? '', Buffer.from(`${username}:${password}`).toString('base64')].filter(
    (text) => text !== '',
  );
