import { architecture } from '../common/version.ts';
import type { ImageDetails } from '../docker/docker-client.ts';
import type { ImageUse } from '../spec/job-spec.ts';
import type { ImageContext } from './image-access.ts';
import { pullReference } from './image-ref.ts';

import type { RegistryAnswer } from './registry-check.ts';
import { mirrorReferences } from './registry/mirror-references.ts';
import { sameRepository } from './repository-digest.ts';

/** What the registry says about images that are on the engine already. */
export class ImageRights {
  readonly #options: ImageContext;

  constructor(options: ImageContext) {
    this.#options = options;
  }

  /**
   * Whether this job may use an image that another may have brought here. One that was made here may be used by all; a
   * registry that is down is no refusal.
   */
  async mayUse(use: ImageUse, image: ImageDetails): Promise<boolean> {
    const { access, log } = this.#options;
    const places = mirrorReferences(pullReference(use.reference), access.mirrors);
    const fromRegistry = image.digests.some((digest) =>
      places.some((place) => sameRepository(place.reference, digest)),
    );
    if (!access.verify || use.configured === true || !fromRegistry) return true;
    if (places.some(({ reference }) => access.check.isPublic(reference))) return true;
    const answer = access.check.silence(use.reference) ?? (await this.#ask(places.map(({ reference }) => reference)));
    if (answer.kind === 'granted') return true;
    if (answer.kind === 'unknown') {
      log.warning(`${use.reference} is here, but its registry cannot be asked: ${answer.error.message}`);
      return true;
    }
    log.warning(`${use.reference} is here, but its registry does not give it to this job: ${answer.error.message}`);
    return false;
  }

  /** Whether a pull would bring nothing new: the registry gives this job the very manifest that is here. */
  async isCurrent(use: ImageUse, image: ImageDetails): Promise<boolean> {
    // the manifest of a tag may be that of another processor's image, here by an earlier pull for it
    if (image.digests.length === 0 || (use.platform === undefined && image.architecture !== architecture)) return false;
    const { access } = this.#options;
    const places = mirrorReferences(pullReference(use.reference), access.mirrors);
    const answer = await this.#ask(places.map(({ reference }) => reference));
    return answer.kind === 'granted' && image.digests.some((digest) => digest.endsWith(`@${answer.digest}`));
  }

  /** Mirrors first, as a pull would go; the origin, which is the last, has the last word. */
  async #ask(references: readonly string[]): Promise<RegistryAnswer> {
    const { access, log, signal } = this.#options;
    let answer: RegistryAnswer = { kind: 'unknown', error: new Error('no registry') };
    for (const reference of references) {
      const credentials = await access.credentials.candidates(reference);
      answer = await access.check.ask(reference, credentials, signal);
      if (answer.kind !== 'granted') continue;
      const { credential } = answer;
      if (credential !== undefined && credential !== credentials[0])
        log.warning(`The registry refused the credentials from ${credentials[0]?.source ?? 'nowhere'}`);
      if (credential !== undefined) log.line(`Authenticating with credentials from ${credential.source}`);
      return answer;
    }
    return answer;
  }
}
