import type { DockerConfig } from '../../config/schema/docker.ts';
import type { JobSpec } from '../../spec/job-spec.ts';
import { buildContainerOptions, helperContainerOptions, serviceContainerOptions } from './create-options.ts';

const ANY_IMAGE = { id: '', digest: undefined };

/**
 * Makes the options of all containers of a job, so that a value that nothing can be made of ends the job before it began.
 * @throws {JobFailure} that names the key and its value
 */
export function checkOptions(spec: JobSpec, docker: DockerConfig): void {
  const context = { spec, docker, network: spec.ownNetwork ? spec.networkName : docker.network_mode };
  buildContainerOptions(context, ANY_IMAGE);
  helperContainerOptions(context, ANY_IMAGE);
  for (const service of spec.services) serviceContainerOptions(context, service, ANY_IMAGE);
}
