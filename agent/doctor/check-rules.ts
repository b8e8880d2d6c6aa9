import { describeError } from '../common/errors/describe-error.ts';
import type { DockerConfig } from '../config/schema/docker.ts';
import { checkImage } from '../images/rules/check-image.ts';
import { buildImage, jobImage } from '../job/accept/image-use.ts';
import { JobVariables } from '../job/variables/job-variables.ts';
import { imageSpecSchema } from '#protocol/image-spec.ts';
import type { PullPolicy } from '../spec/job-spec.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Which rules of the runner apply to an image that a job names; no policies when the image is refused. */
export function checkRules(
  reference: string,
  docker: DockerConfig,
): { finding: Finding; policies: readonly PullPolicy[] } {
  const context = { docker, variables: new JobVariables([], ''), warn: () => {} };
  const spec = imageSpecSchema.parse({ name: reference });
  const asImage = refusal(() => buildImage(context, spec));
  const asService = refusal(() =>
    checkImage(reference, {
      purpose: 'services',
      allowed: docker.allowed_services,
      configured: docker.services.map(({ name }) => name),
      requireDigest: docker.require_digest,
    }),
  );
  const details = [...settings(docker), `as a job's image: ${asImage ?? 'yes'}`, `as a service: ${asService ?? 'yes'}`];
  if (asImage !== undefined && asService !== undefined)
    return { finding: fail('rules', asImage, details), policies: [] };
  try {
    const policies = jobImage(context, spec, reference).pullPolicies;
    const policy = `pull policy ${policies.join(', then ')}`;
    const text = `jobs may name this image${asService === undefined ? '' : ', but not as a service'}; ${policy}`;
    const finding =
      asImage === undefined ? ok('rules', text, details) : warn('rules', `only as a service; ${policy}`, details);
    return { finding, policies };
  } catch (error) {
    return { finding: fail('rules', describeError(error), details), policies: [] };
  }
}

function settings(docker: DockerConfig): string[] {
  const lists = ['allowed_pull_policies', 'allowed_images', 'allowed_services', 'require_digest'] as const;
  const lines = lists.map((key) => `${key}: ${docker[key].length === 0 ? 'not set' : docker[key].join(', ')}`);
  return [...lines, `verify_image_access: ${docker.verify_image_access}`];
}

/** Why `check` throws, in its first line: the lists are told apart. */
function refusal(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return describeError(error).split('\n')[0]?.replace(/:$/, '');
  }
}
