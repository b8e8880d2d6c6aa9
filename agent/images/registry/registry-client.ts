import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '../../common/clock.ts';
import type { Credential } from '../auth/credential.ts';
import { answerError } from './answer-error.ts';
import { Authorizations } from './authorizations.ts';
import { imagePlace, registryHost, type ImagePlace } from './image-place.ts';
import { isInsecure, loopbackOnly, type InsecureRegistries } from './insecure-registries.ts';
import { parseChallenge, type Challenge } from './parse-challenge.ts';
import { engineCertificates } from './registry-certificates.ts';
import { isRegistryError, RegistryError } from './registry-error.ts';
import { RegistryTransport, type RegistryAnswer, type RegistryPeer, type RegistryTimes } from './registry-transport.ts';
import { basicAuthorization, readToken, tokenRequest } from './request-token.ts';

/** What a registry says of a manifest without sending it. */
export interface ManifestHead {
  /** `sha256:...`: of the index for an image of several platforms, as `docker pull` prints it. */
  readonly digest: string;
  readonly mediaType: string;
}

export interface RegistryClientOptions {
  /** What the engine has as insecure, asked for each question; without an answer nothing but this machine. */
  readonly insecure?: () => Promise<InsecureRegistries | undefined>;
  /** Folder with a folder of certificates per registry; the engine's when left out. */
  readonly certificates?: string;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
  readonly times?: RegistryTimes;
}

interface Question {
  readonly place: ImagePlace;
  readonly credential: Credential | undefined;
  readonly signal: AbortSignal;
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const basicLifetimeMs = 300_000;
/** A token is not used in the last tenth of its life: it has to arrive as well. */
const usablePart = 0.9;

/**
 * Asks registries over HTTP. One per agent: it keeps connections, and tokens per registry, repository and credential until they
 * expire. Calls may run concurrently. Retries are the caller's. Credentials go to the registry and to the token server that it
 * names, never to where either redirects.
 */
export class RegistryClient {
  readonly #insecure: () => Promise<InsecureRegistries | undefined>;
  readonly #transport: RegistryTransport;
  readonly #authorizations: Authorizations;
  /** Of insecure registries, the scheme that worked. */
  readonly #schemes = new Map<string, 'http:' | 'https:'>();

  constructor(options: RegistryClientOptions = {}) {
    this.#insecure = options.insecure ?? (() => Promise.resolve(undefined));
    const certificates = options.certificates ?? engineCertificates;
    this.#transport = new RegistryTransport({ certificates, env: options.env ?? process.env, times: options.times });
    this.#authorizations = new Authorizations(options.clock ?? systemClock);
  }

  /**
   * Whether `credential` may pull `reference`, and the digest it has now.
   * @throws {RegistryError} the signal's reason after an abort
   */
  async headManifest(
    reference: string,
    credential: Credential | undefined,
    signal: AbortSignal,
  ): Promise<ManifestHead> {
    const place = imagePlace(reference);
    if (place === undefined)
      throw new RegistryError(`"${reference}" is not an image reference`, { kind: 'not-found', registry: '' });
    const question = { place, credential, signal };
    const answer = await this.#manifest('HEAD', question);
    const digest = answer.headers['docker-content-digest'] || place.digest || (await this.#hash(question));
    return { digest, mediaType: answer.headers['content-type']?.split(';')[0]?.trim() ?? '' };
  }

  /** Ends the connections once the calls under way are over. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** A registry that does not say the digest has to send the manifest. */
  async #hash(question: Question): Promise<string> {
    const { body } = await this.#manifest('GET', question);
    return `sha256:${createHash('sha256').update(body).digest('hex')}`;
  }

  async #manifest(method: 'GET' | 'HEAD', question: Question): Promise<RegistryAnswer> {
    const { place, credential } = question;
    const known = this.#authorizations.get(place, credential);
    let answer = await this.#ask(method, question, known);
    if (answer.status === 401 && !answer.redirected) {
      this.#authorizations.delete(place, credential);
      const fresh = await this.#authorize(parseChallenge(answer.headers['www-authenticate']), question);
      if (fresh !== undefined) answer = await this.#ask(method, question, fresh.header);
      if (fresh !== undefined && answer.status === 200)
        this.#authorizations.set(place, credential, fresh.header, fresh.lifetimeMs);
    }
    if (answer.status === 200) return answer;
    throw answerError(answer, place, credential);
  }

  /** An insecure registry is tried with TLS first, as the engine does. */
  async #ask(method: 'GET' | 'HEAD', question: Question, authorization?: string): Promise<RegistryAnswer> {
    const { place, signal } = question;
    const { registry, repository, digest, tag } = place;
    const peer = await this.#peer(place);
    const known = this.#schemes.get(registry);
    const schemes = peer.insecure
      ? known === undefined
        ? (['https:', 'http:'] as const)
        : [known]
      : ['https:' as const];
    for (const scheme of schemes) {
      const url = new URL(`${scheme}//${registryHost(registry)}/v2/${repository}/manifests/${digest ?? tag}`);
      try {
        const sent = { method, url, headers: { accept: manifestTypes }, authorization };
        const answer = await this.#transport.send(sent, peer, signal);
        if (peer.insecure) this.#schemes.set(registry, scheme);
        return answer;
      } catch (error) {
        this.#schemes.delete(registry);
        if (scheme === schemes.at(-1) || !isRegistryError(error) || error.kind === 'server') throw error;
      }
    }
    throw new Error('unreachable: there is always a scheme');
  }

  async #authorize(
    challenge: Challenge | undefined,
    question: Question,
  ): Promise<{ header: string; lifetimeMs: number } | undefined> {
    const { credential } = question;
    if (challenge?.scheme === 'bearer') return this.#token(challenge, question);
    if (challenge === undefined || credential === undefined || credential.identityToken !== undefined) return undefined;
    return { header: basicAuthorization(credential), lifetimeMs: basicLifetimeMs };
  }

  async #token(
    { realm, service }: Extract<Challenge, { scheme: 'bearer' }>,
    { place, credential, signal }: Question,
  ): Promise<{ header: string; lifetimeMs: number }> {
    const { registry, repository } = place;
    const url = URL.parse(realm);
    const peer = await this.#peer(place);
    if (url === null || (url.protocol !== 'https:' && !(peer.insecure && url.protocol === 'http:')))
      throw new RegistryError(`${registry} names a token server that is not https`, { kind: 'server', registry });
    const request = tokenRequest({ realm: url, service, repository, credential });
    const answer = await this.#transport.send(request, peer, signal);
    // an OAuth server says 400 (invalid_grant) to a refresh token that it does not know
    const status = answer.status === 400 && credential !== undefined ? 401 : answer.status;
    if (status !== 200) throw answerError({ ...answer, status }, place, credential, 'token server');
    const read = readToken(answer);
    if (read === undefined)
      throw new RegistryError(`the token server of ${registry} gave no token`, { kind: 'server', registry });
    return { header: `Bearer ${read.token}`, lifetimeMs: read.lifetimeMs * usablePart };
  }

  async #peer({ registry }: ImagePlace): Promise<RegistryPeer> {
    return { registry, insecure: isInsecure(registry, (await this.#insecure()) ?? loopbackOnly) };
  }
}
