import { toError } from '../common/errors/to-error.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import type { ImageDetails } from '../docker/docker-client.ts';
import { DockerError, EngineUnreachableError, isNotFound } from '../docker/docker-error.ts';
import type { ImageUse, PullPolicy } from '../spec/job-spec.ts';
import { fetchImage } from './fetch-image.ts';
import type { ImageContext } from './image-access.ts';
import { isImageId, parseImageRef } from './image-ref.ts';
import { ImageRights } from './image-rights.ts';
import { pullFailure } from './pull-error.ts';
import { ownDigest, repositoryDigest } from './repository-digest.ts';

/** A registry that is away is not waited for longer than this when the list of policies knows another way. Milliseconds. */
const PATIENCE_MS = 15_000;

/** An image that is on the engine, under the name by which the job asked for it. */
export interface ResolvedImage extends ImageDetails {
  readonly reference: string;
  /** `sha256:...` of the registry's manifest; undefined for an image that was made here. */
  readonly digest: string | undefined;
}

/** Finds or pulls the images of one job. Each reference and platform is resolved once; concurrent askers share the work. */
export class ImageResolver {
  readonly #options: ImageContext;
  readonly #rights: ImageRights;
  readonly #resolved = new Map<string, Promise<ResolvedImage>>();

  constructor(options: ImageContext) {
    this.#options = options;
    this.#rights = new ImageRights(options);
  }

  /** @throws {JobFailure} when no policy of the list brings the image */
  resolve(use: ImageUse): Promise<ResolvedImage> {
    const key = `${use.reference} ${use.platform ?? ''} ${use.pullPolicies.join()}`;
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const resolving = this.#resolve(use);
    this.#resolved.set(key, resolving);
    return resolving;
  }

  async #resolve(use: ImageUse): Promise<ResolvedImage> {
    const { log, signal } = this.#options;
    const id = isImageId(use.reference);
    if (!id && parseImageRef(use.reference) === undefined)
      throw new JobFailure('runner_configuration_error', `"${use.reference}" is not an image reference`);
    const policies = id ? (['never'] as const) : use.pullPolicies;
    if (!id) log.line(`Using effective pull policy of [${policies.join(' ')}] for container ${use.reference}`);
    let failure: unknown;
    for (const [index, policy] of policies.entries()) {
      if (index > 0) log.line(`Attempt #${index + 1}: Trying "${policy}" pull policy for ${use.reference}`);
      try {
        const details = await this.#byPolicy(use, policy, policies.slice(index + 1));
        log.line(usingLine(use.reference, details));
        return { ...details, reference: use.reference, digest: repositoryDigest(use.reference, details.digests) };
      } catch (error) {
        if (signal.aborted || error instanceof EngineUnreachableError || error instanceof JobFailure) throw error;
        failure = error;
        if (policies.length > 1)
          log.warning(`Pull policy "${policy}" did not bring ${use.reference}: ${toError(error).message}`);
      }
    }
    throw pullFailure(use, failure);
  }

  async #byPolicy(use: ImageUse, policy: PullPolicy, others: readonly PullPolicy[]): Promise<ImageDetails> {
    const { docker, access, log } = this.#options;
    const askedAt = access.pulls.clock.now();
    const local = await this.#local(use);
    if (local !== undefined && policy === 'never') return local;
    if (policy === 'never') throw new DockerError(`the image is not on this host`, 404);
    if (local !== undefined && policy === 'if-not-present' && (await this.#rights.mayUse(use, local))) {
      log.line(`Using locally found image version due to "if-not-present" pull policy`);
      return local;
    }
    if (local !== undefined && policy === 'always' && (await this.#rights.isCurrent(use, local))) {
      log.line(`Image ${use.reference} is up to date at its registry`);
      return local;
    }
    const patienceMs = local !== undefined && others.some((other) => other !== 'always') ? PATIENCE_MS : undefined;
    return await docker.inspectImage(await fetchImage(use, { ...this.#options, askedAt, patienceMs }));
  }

  async #local(use: ImageUse): Promise<ImageDetails | undefined> {
    try {
      const details = await this.#options.docker.inspectImage(use.reference);
      return matchesPlatform(details, use.platform) ? details : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function matchesPlatform(image: ImageDetails, platform: string | undefined): boolean {
  if (platform === undefined) return true;
  const [os, architecture] = platform.includes('/') ? platform.split('/') : ['linux', platform];
  return os === image.os && architecture === image.architecture;
}

function usingLine(reference: string, image: ImageDetails): string {
  const digest = ownDigest(reference, image.digests);
  return `Using docker image ${image.id} for ${reference}${digest === undefined ? '' : ` with digest ${digest}`} ...`;
}
