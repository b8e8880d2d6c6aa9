import type { ImageSpec } from '#protocol/image-spec.ts';
import { JobFailure } from '../../common/errors/job-failure.ts';
import { DEFAULT_PULL_POLICY, type DockerConfig } from '../../config/schema/docker.ts';
import { checkImage } from '../../images/rules/check-image.ts';
import type { ImageUse, PullPolicy } from '../../spec/job-spec.ts';
import type { JobVariables } from '../variables/job-variables.ts';

/** Runs git and nothing else; pinned, so that it changes with the agent only. */
export const DEFAULT_HELPER_IMAGE = 'alpine/git:v2.49.1';

const POLICIES: readonly string[] = ['always', 'if-not-present', 'never'];

export interface ImageContext {
  readonly docker: DockerConfig;
  readonly variables: JobVariables;
  readonly warn: (text: string) => void;
}

/** The build image: the job's, else the runner's. */
export function buildImage(context: ImageContext, image: ImageSpec | undefined): ImageUse {
  const { docker, variables } = context;
  const reference = variables.expand(image?.name || (docker.image ?? ''));
  if (reference === '')
    throw new JobFailure('runner_configuration_error', 'the job names no image and [runners.docker] has no "image"');
  const configured = docker.image === undefined ? [] : [variables.expand(docker.image)];
  const allowed = { purpose: 'images', allowed: docker.allowed_images, configured } as const;
  checkImage(reference, { ...allowed, requireDigest: docker.require_digest });
  const use = { ...imageUse(context, image, reference), configured: reference === docker.image };
  const user = docker.user === undefined ? allowedUser(docker, use.user) : variables.expand(docker.user);
  return { ...use, user };
}

/** What the job may say about the image of a service, with the runner's rules applied. */
export function jobImage(context: ImageContext, image: ImageSpec, reference: string): ImageUse {
  const use = imageUse(context, image, reference);
  return { ...use, user: allowedUser(context.docker, use.user) };
}

/** Nothing said is the image's own user, which every job may be. */
function allowedUser({ allowed_users: allowed }: DockerConfig, user: string | undefined): string | undefined {
  if (user === undefined || allowed.length === 0 || allowed.includes(user)) return user;
  const sentence = `user "${user}" is not on the list of allowed users (allowed_users in [runners.docker]): ${allowed.join(', ')}`;
  throw new JobFailure('runner_system_failure', sentence);
}

function imageUse(context: ImageContext, image: ImageSpec | undefined, reference: string): ImageUse {
  const { variables } = context;
  const options = image?.executor_opts.docker;
  return {
    reference,
    pullPolicies: pullPolicies(context.docker, image?.pull_policy ?? [], reference),
    platform: platformName(variables.expand(options?.platform ?? '')),
    entrypoint: entrypoint(context, image, reference),
    user: variables.expand(options?.user ?? '') || undefined,
  };
}

export function helperImage({ docker, variables }: ImageContext): ImageUse {
  const own = docker.helper_image === undefined ? '' : variables.expand(docker.helper_image);
  const base = {
    platform: undefined,
    entrypoint: undefined,
    user: undefined,
    configured: own === '' || own === docker.helper_image,
  };
  if (own === '') return { ...base, reference: DEFAULT_HELPER_IMAGE, pullPolicies: ['if-not-present'] };
  return { ...base, reference: own, pullPolicies: pullPolicies(docker, [], own) };
}

/** The job's policies, else the runner's, without those that the runner does not allow. */
function pullPolicies(docker: DockerConfig, requested: readonly string[], reference: string): PullPolicy[] {
  const { wanted, source } = wantedPolicies(docker, requested);
  const allowed = docker.allowed_pull_policies;
  for (const policy of [...wanted, ...allowed])
    if (!POLICIES.includes(policy))
      throw new JobFailure('runner_configuration_error', `pull policy "${policy}": expected ${POLICIES.join(', ')}`);
  const effective = wanted.filter((policy): policy is PullPolicy => allowed.includes(policy));
  if (effective.length > 0) return effective;
  throw new JobFailure(
    'runner_configuration_error',
    `the pull policies [${wanted.join(' ')}] (${source}) of image "${reference}" are none of the allowed ones [${allowed.join(' ')}]`,
  );
}

function wantedPolicies(
  docker: DockerConfig,
  requested: readonly string[],
): { wanted: readonly string[]; source: string } {
  if (requested.length > 0) return { wanted: requested, source: 'GitLab pipeline config' };
  if (docker.pull_policy.length > 0) return { wanted: docker.pull_policy, source: 'Runner config' };
  return { wanted: [DEFAULT_PULL_POLICY], source: 'Runner config (default)' };
}

/** An empty list counts as absent, as the coordinator's own agent has it; [""] clears the image's entrypoint. */
function entrypoint(context: ImageContext, image: ImageSpec | undefined, reference: string): string[] | undefined {
  const words = image?.entrypoint ?? [];
  if (words.length === 0) return undefined;
  if (!context.docker.disable_entrypoint_overwrite) return words;
  context.warn(`Entrypoint override disabled: the entrypoint that the job sets for "${reference}" is not used`);
  return undefined;
}

const platformName = (text: string): string | undefined =>
  text === '' ? undefined : text.includes('/') ? text : `linux/${text}`;
