import type { CreateContainerOptions, DockerClient } from '../docker/docker-client.ts';
import type { JobDirectories, JobSpec, VolumeSpec } from '../spec/job-spec.ts';
import { containerFailure } from './failure/container-failure.ts';

/**
 * Whether a volume is the operator's and none of the job's files go there. Engines refuse archives for a container with
 * such a mount, or spoil the mount: a socket at /var/run, which is a link in most images, is enough.
 */
export function isForeign(volume: VolumeSpec, { builds, project, temporary }: JobDirectories): boolean {
  if (volume.kind === 'managed' || volume.open === true) return false;
  return ![builds, project, temporary].some((path) => `${path}/`.startsWith(`${volume.destination}/`));
}

/** Whether the job's files have to go into its volumes before the containers that use them are made. */
export const hasForeignVolumes = ({ volumes, directories }: Pick<JobSpec, 'volumes' | 'directories'>): boolean =>
  volumes.some((volume) => isForeign(volume, directories));

/** Puts an archive into volumes by a container that has nothing else, is never started and does not stay. */
export async function fillWorkspace(
  docker: DockerClient,
  name: string,
  options: CreateContainerOptions,
  archive: Buffer,
): Promise<void> {
  try {
    const { id } = await docker.createContainer(name, options);
    await docker.putArchive(id, '/', archive);
    await docker.removeContainer(id);
  } catch (error) {
    throw containerFailure(error, `put the job's files into its volumes`, String(options['Image']));
  }
}
