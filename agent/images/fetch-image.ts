import { toError } from '../common/errors/to-error.ts';
import type { DockerClient, RegistryAuth } from '../docker/docker-client.ts';
import { DockerError } from '../docker/docker-error.ts';
import type { ImageUse } from '../spec/job-spec.ts';
import type { Credential } from './auth/credential.ts';
import type { ImageContext } from './image-access.ts';
import { pullReference } from './image-ref.ts';
import { pullErrorKind } from './pull-error.ts';
import type { PullWatcher } from './pull-flight.ts';
import { imagePlace } from './registry/image-place.ts';
import { mirrorReferences, type PullCandidate } from './registry/mirror-references.ts';

export interface FetchContext extends ImageContext {
  /** When the job asked for the image, on the clock of the pulls. */
  readonly askedAt: number;
  /** Longest time to wait for a registry that does not serve, milliseconds; undefined: as long as it is tried. */
  readonly patienceMs: number | undefined;
}

/**
 * Pulls an image: from the mirrors of its registry first, with each of the credentials that fit. What came from a mirror
 * is tagged as it was asked for. Resolves with the reference that the image has on the engine.
 */
export async function fetchImage(use: ImageUse, context: FetchContext): Promise<string> {
  const { log, signal, access } = context;
  log.line(`Pulling docker image ${use.reference} ...`);
  for (const place of mirrorReferences(pullReference(use.reference), access.mirrors)) {
    if (place.mirror === undefined) break;
    try {
      log.line(`Trying mirror ${place.mirror}`);
      await pullFrom(place, use, { ...context, patienceMs: 0 });
      return await tagAsAsked(use.reference, place, context.docker);
    } catch (error) {
      if (signal.aborted || !(error instanceof DockerError)) throw error;
      log.warning(`Mirror ${place.mirror} did not serve ${use.reference}: ${error.message}`);
    }
  }
  await pullFrom({ reference: pullReference(use.reference), mirror: undefined }, use, context);
  return use.reference;
}

/** One pull with the best credentials; when the registry refuses them, with the next ones, once each. */
async function pullFrom({ reference }: PullCandidate, use: ImageUse, context: FetchContext): Promise<void> {
  const { docker, access, log, signal, askedAt, patienceMs } = context;
  const found = await access.credentials.candidates(reference);
  const tries = found.length > 0 ? found : [undefined];
  for (const [index, credential] of tries.entries()) {
    if (credential !== undefined) log.line(`Authenticating with credentials from ${credential.source}`);
    const watcher: PullWatcher = { line: (text) => log.line(text), warning: (text) => log.warning(text), patienceMs };
    const auth = credential === undefined ? undefined : registryAuth(reference, credential);
    const retryAfter = (stop: AbortSignal): Promise<number | undefined> =>
      access.check.retryAfter(reference, credential, stop);
    try {
      const request = { reference, platform: use.platform, auth };
      return await access.pulls.pull({ docker, request, askedAt, retryAfter }, watcher, signal);
    } catch (error) {
      if (signal.aborted || pullErrorKind(error) !== 'denied' || index === tries.length - 1) throw error;
      log.warning(
        `The registry refused the credentials from ${credential?.source ?? 'nowhere'}: ${toError(error).message}`,
      );
    }
  }
}

/** A digest cannot be tagged: such an image keeps the mirror's name. */
async function tagAsAsked(asked: string, { reference }: PullCandidate, docker: DockerClient): Promise<string> {
  const place = imagePlace(asked);
  if (place === undefined || place.digest !== undefined || place.tag === undefined) return reference;
  await docker.tagImage(reference, `${place.registry}/${place.repository}`, place.tag);
  return asked;
}

function registryAuth(reference: string, credential: Credential): RegistryAuth {
  const registry = imagePlace(reference)?.registry ?? '';
  const serveraddress = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  if (credential.identityToken !== undefined) return { identitytoken: credential.identityToken, serveraddress };
  return { username: credential.username, password: credential.password, serveraddress };
}
