import { posix } from 'node:path';
import { JobFailure } from '../../common/errors/job-failure.ts';
import { volumeLabels } from '../../container/labels.ts';
import type { VolumeSpec } from '../../spec/job-spec.ts';
import type { JobVariables } from '../variables/job-variables.ts';
import { isProtected, md5, reuseKey, type JobIdentity } from './job-identity.ts';

export interface VolumeContext {
  readonly identity: JobIdentity;
  readonly variables: JobVariables;
  readonly namePrefix: string;
  /** The labels of all objects of the job. */
  readonly labels: Readonly<Record<string, string>>;
}

/** `volumes` of [runners.docker]: `/path` is a managed volume, `source:/path[:options]` a mount. Only the destination is expanded. */
export function configuredVolumes(context: VolumeContext): VolumeSpec[] {
  const { runner } = context.identity;
  const volumes = runner.docker.volumes.map((text) => parseVolume(context, text));
  for (const [index, { destination }] of volumes.entries()) {
    if (volumes.findIndex((other) => other.destination === destination) !== index)
      throw new JobFailure(
        'runner_system_failure',
        `volume for "${destination}" in [runners.docker] is already defined`,
      );
  }
  return volumes;
}

/** A volume of the agent's own for `destination`, kept for the next job of this project and slot or removed with the job. */
export function managedVolume(context: VolumeContext, destination: string, reusable: boolean): VolumeSpec {
  const { identity, namePrefix, labels } = context;
  const protectedRef = isProtected(identity.payload);
  const owner = reusable ? `runner-${reuseKey(identity)}` : namePrefix;
  return {
    kind: 'managed',
    name: `${owner}-cache-${md5(destination)}${protectedRef ? '-protected' : ''}`,
    destination,
    reusable,
    labels: { ...labels, ...volumeLabels({ destination, protected: protectedRef, reusable }) },
  };
}

/** Whether `directory` lies on a mount of the host or of a named volume. */
export const isBound = (volumes: readonly VolumeSpec[], directory: string): boolean =>
  volumes.some((volume) => volume.kind === 'bind' && isWithin(directory, volume.destination));

export const isWithin = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);

function parseVolume(context: VolumeContext, text: string): VolumeSpec {
  const { runner } = context.identity;
  const parts = text.split(':');
  const target = context.variables.expand((parts.length === 1 ? parts[0] : parts[1]) ?? '');
  const destination = posix.normalize(target).replace(/(.)\/$/, '$1');
  // a colon can only come out of a variable: it would begin the mount's options
  if (!destination.startsWith('/') || destination === '/' || destination.includes(':'))
    throw new JobFailure(
      destination === '/' ? 'runner_system_failure' : 'runner_configuration_error',
      `volume "${text}" in [runners.docker]: the destination must be an absolute path other than /, without colon`,
    );
  if (parts.length > 1)
    return { kind: 'bind', text: [parts[0], destination, ...parts.slice(2)].join(':'), destination };
  if (runner.docker.cache_dir !== undefined && !runner.docker.disable_cache) {
    const source = posix.join(runner.docker.cache_dir, reuseKey(context.identity), md5(destination));
    return { kind: 'bind', text: `${source}:${destination}`, destination };
  }
  return managedVolume(context, destination, !runner.docker.disable_cache);
}
