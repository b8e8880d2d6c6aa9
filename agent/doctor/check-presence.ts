import { describeError } from '../common/errors/describe-error.ts';
import type { DockerClient, ImageDetails } from '../docker/docker-client.ts';
import { isNotFound } from '../docker/docker-error.ts';
import type { EngineInfo } from '../docker/engine-info.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Whether the image is on the engine, for which platform, and whether it is what the registry has now. */
export async function checkPresence(
  client: DockerClient,
  reference: string,
  engine: EngineInfo,
  digest: string | undefined,
): Promise<{ finding: Finding; image: ImageDetails | undefined }> {
  try {
    const image = await client.inspectImage(reference);
    return { finding: describePresence(image, engine, digest), image };
  } catch (error) {
    const finding = isNotFound(error)
      ? ok('presence', 'the image is not on this engine')
      : fail('presence', describeError(error));
    return { finding, image: undefined };
  }
}

function describePresence(image: ImageDetails, engine: EngineInfo, digest: string | undefined): Finding {
  const platform = `${image.os}/${image.architecture}`;
  const text = `here for ${platform}: ${image.id}${comparison(image, digest)}`;
  const details = image.digests.map((name) => `known as ${name}`);
  if (platform === `${engine.os}/${engine.architecture}`) return ok('presence', text, details);
  return warn('presence', `${text}; the engine is ${engine.os}/${engine.architecture}`, details);
}

function comparison({ digests }: ImageDetails, digest: string | undefined): string {
  if (digest === undefined) return '';
  const same = digests.some((name) => name.endsWith(`@${digest}`));
  return same ? ', the same as at the registry' : ', another one than at the registry';
}
