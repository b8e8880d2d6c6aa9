import { describeError } from '../common/errors/describe-error.ts';
import type { DockerConfig } from '../config/schema/docker.ts';
import type { DockerClient } from '../docker/docker-client.ts';
import type { EngineInfo } from '../docker/engine-info.ts';
import type { CredentialResolver } from '../images/auth/credential-resolver.ts';
import { isImageId, pullReference } from '../images/image-ref.ts';
import { imagePlace } from '../images/registry/image-place.ts';
import { mirrorReferences } from '../images/registry/mirror-references.ts';
import { sameRepository } from '../images/repository-digest.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkPresence } from './check-presence.ts';
import { checkRegistry, type RegistryFinding, type RegistryTools } from './check-registry.ts';
import { checkRules } from './check-rules.ts';
import { fail, ok, type Finding } from './finding.ts';
import { judgeImage } from './judge-image.ts';

/** What an image is looked at with. */
export interface ImageTools extends RegistryTools {
  readonly docker: DockerConfig;
  readonly client: DockerClient;
  readonly engine: EngineInfo;
  readonly credentials: Pick<CredentialResolver, 'candidates' | 'explain'>;
}

/** Everything between a job that names `reference` and the image on the engine, in the order in which it matters. */
export async function checkImage(reference: string, tools: ImageTools): Promise<Finding[]> {
  if (isImageId(reference)) return checkImageId(reference, tools);
  const place = imagePlace(reference);
  if (place === undefined) return [fail('image', `"${reference}" is not an image reference`)];
  const { registry, repository, tag, digest } = place;
  const name = [tag === undefined ? [] : `tag ${tag}`, digest ?? []].flat().join(', ');
  const rules = checkRules(reference, tools.docker);
  const findings = [ok('image', `${repository} of ${registry}, ${name}`), rules.finding];
  const credentials = checkCredentials(await tools.credentials.explain(reference));
  const asked = await askRegistries(pullReference(reference), tools);
  const origin = asked.find(({ answer }) => answer === 'granted') ?? asked.at(-1);
  const { finding, image } = await checkPresence(tools.client, reference, tools.engine, origin?.digest);
  const verdict = judgeImage({
    policies: rules.policies,
    answer: origin?.answer ?? 'unknown',
    present: image !== undefined,
    verified: tools.docker.verify_image_access && image?.digests.some((one) => sameRepository(one, reference)) === true,
    current: origin?.digest !== undefined && image?.digests.some((one) => one.endsWith(`@${origin.digest}`)) === true,
  });
  return [...findings, credentials, ...asked.map((one) => one.finding), finding, verdict];
}

/** Mirrors first; once one has the image, the origin is not needed. */
async function askRegistries(reference: string, tools: ImageTools): Promise<RegistryFinding[]> {
  const asked: RegistryFinding[] = [];
  for (const place of mirrorReferences(reference, tools.docker.registry_mirrors)) {
    const answer = await askRegistry(place, tools);
    asked.push(answer);
    if (answer.answer === 'granted') break;
  }
  return asked;
}

/** A helper that no PATH has ends the search for credentials with an error; that is an answer as well. */
async function askRegistry(place: Parameters<typeof checkRegistry>[0], tools: ImageTools): Promise<RegistryFinding> {
  try {
    return await checkRegistry(place, tools);
  } catch (error) {
    tools.signal.throwIfAborted();
    return { finding: fail('registry', describeError(error)), answer: 'refused', digest: undefined };
  }
}

async function checkImageId(id: string, { client, engine }: ImageTools): Promise<Finding[]> {
  const { finding, image } = await checkPresence(client, id, engine, undefined);
  const verdict =
    image === undefined
      ? fail('verdict', 'an image that is named by its id is never pulled')
      : ok('verdict', 'a job would get the image: the one that is here');
  return [finding, verdict];
}
