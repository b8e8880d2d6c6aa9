import { toError } from '../common/errors/to-error.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import type { DockerClient, ImageDetails } from '../docker/docker-client.ts';
import { DockerError, EngineUnreachableError, isNotFound } from '../docker/docker-error.ts';
import type { ImageUse, PullPolicy } from '../spec/job-spec.ts';
import { isImageId, parseImageRef, pullReference } from './image-ref.ts';

/** What a pull says while it goes on; each is one line of the trace. */
export interface PullLog {
  line(text: string): void;
  warning(text: string): void;
}

/** An image that is on the engine, under the name by which the job asked for it. */
export interface ResolvedImage extends ImageDetails {
  readonly reference: string;
}

/** Finds or pulls the images of one job. Each reference and platform is resolved once; concurrent askers share the work. */
export class ImageResolver {
  readonly #docker: DockerClient;
  readonly #log: PullLog;
  readonly #signal: AbortSignal;
  readonly #resolved = new Map<string, Promise<ResolvedImage>>();

  constructor(docker: DockerClient, log: PullLog, signal: AbortSignal) {
    this.#docker = docker;
    this.#log = log;
    this.#signal = signal;
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
    if (!isImageId(use.reference) && parseImageRef(use.reference) === undefined)
      throw new JobFailure('runner_configuration_error', `"${use.reference}" is not an image reference`);
    let failure: unknown;
    for (const policy of isImageId(use.reference) ? (['never'] as const) : use.pullPolicies) {
      try {
        const details = await this.#byPolicy(use, policy);
        this.#log.line(usingLine(use.reference, details));
        return { ...details, reference: use.reference };
      } catch (error) {
        if (this.#signal.aborted || error instanceof EngineUnreachableError) throw error;
        failure = error;
        if (use.pullPolicies.length > 1)
          this.#log.warning(`Pull policy "${policy}" did not bring ${use.reference}: ${toError(error).message}`);
      }
    }
    throw pullFailure(use, failure);
  }

  async #byPolicy(use: ImageUse, policy: PullPolicy): Promise<ImageDetails> {
    const local = policy === 'always' ? undefined : await this.#local(use);
    if (local !== undefined) {
      if (policy === 'if-not-present')
        this.#log.line(`Using locally found image version due to "if-not-present" pull policy`);
      return local;
    }
    if (policy === 'never') throw new DockerError(`the image is not on this host`, 404);
    this.#log.line(`Pulling docker image ${use.reference} ...`);
    const request = { reference: pullReference(use.reference), platform: use.platform };
    await this.#docker.pullImage(request, () => {}, this.#signal);
    return this.#docker.inspectImage(use.reference);
  }

  async #local(use: ImageUse): Promise<ImageDetails | undefined> {
    try {
      const details = await this.#docker.inspectImage(use.reference);
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
  const digest = image.digests[0];
  return `Using docker image ${image.id} for ${reference}${digest === undefined ? '' : ` with digest ${digest}`} ...`;
}

/** Not there or not allowed is the job's mistake; a registry that cannot be reached is somebody else's; the rest is a failed pull. */
function pullFailure(use: ImageUse, cause: unknown): JobFailure {
  const message = cause instanceof Error ? cause.message : String(cause);
  const onlyNever = use.pullPolicies.every((policy) => policy === 'never');
  const sentence = onlyNever
    ? `image "${use.reference}" is not on this host and the pull policy "never" forbids to pull it`
    : `failed to pull image "${use.reference}" with specified policies [${use.pullPolicies.join(' ')}]: ${message}`;
  if (onlyNever) return new JobFailure('runner_system_failure', sentence, { cause });
  if (/not found|manifest unknown|does not exist|denied|unauthorized|invalid reference/i.test(message))
    return new JobFailure('runner_configuration_error', sentence, { cause });
  if (/dial|refused|no such host|timeout|TLS|reset|EOF|lookup|network/i.test(message))
    return new JobFailure('runner_external_dependency_failure', sentence, { cause });
  return new JobFailure('image_pull_failure', sentence, { cause });
}
