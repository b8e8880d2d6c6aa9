import { describeError } from '../common/errors/describe-error.ts';
import type { DockerConfig } from '../config/schema/docker.ts';
import type { DockerClient } from '../docker/docker-client.ts';
import { isNotFound } from '../docker/docker-error.ts';
import { helperImage } from '../job/accept/image-use.ts';
import { JobVariables } from '../job/variables/job-variables.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Whether the image that gets the sources is on the engine, or what the first job with sources has to wait for. */
export async function checkHelperImage(client: DockerClient, docker: DockerConfig): Promise<Finding> {
  try {
    const variables = new JobVariables([], '');
    const { reference, pullPolicies } = helperImage({ docker, variables, warn: () => {} });
    return await look(client, reference, pullPolicies);
  } catch (error) {
    return fail('helper image', describeError(error));
  }
}

async function look(client: DockerClient, reference: string, policies: readonly string[]): Promise<Finding> {
  try {
    const { id } = await client.inspectImage(reference);
    return ok('helper image', `${reference} is here (${id.slice(0, 19)})`);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (policies.every((policy) => policy === 'never'))
      return fail('helper image', `${reference} is not here, and the pull policy "never" forbids to pull it`);
    return warn('helper image', `${reference} is not here: the first job with sources pulls it`);
  }
}
