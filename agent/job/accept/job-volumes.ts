import { posix } from 'node:path';
import { JobFailure } from '../../common/errors/job-failure.ts';
import { volumeLabels } from '../../container/labels.ts';
import { refusedValue } from '../../container/options/refused-value.ts';
import { volumeText } from '../../container/options/volume-text.ts';
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
export function ownVolume(context: VolumeContext, destination: string, reusable: boolean): VolumeSpec {
  const { identity, namePrefix, labels } = context;
  const { cache_dir: cacheDir } = identity.runner.docker;
  if (reusable && cacheDir !== undefined) return cacheDirectory(identity, cacheDir, destination);
  const protectedRef = isProtected(identity.payload);
  const owner = reusable ? `runner-${reuseKey(identity)}` : namePrefix;
  return {
    kind: 'managed',
    name: `${owner}-cache-${directoryName(identity, destination)}`,
    destination,
    reusable,
    labels: { ...labels, ...volumeLabels({ destination, protected: protectedRef, reusable }) },
  };
}

/** Whether `directory` lies on a mount of the host or of a named volume. */
export const isBound = (volumes: readonly VolumeSpec[], directory: string): boolean =>
  volumes.some((volume) => volume.kind === 'bind' && volume.open !== true && isWithin(directory, volume.destination));

export const isWithin = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);

function parseVolume(context: VolumeContext, text: string): VolumeSpec {
  const { docker } = context.identity.runner;
  const { source, destination: target, options } = volumeText(text);
  const destination = posix.normalize(context.variables.expand(target)).replace(/(.)\/$/, '$1');
  // a colon can only come out of a variable: it would begin the mount's options
  if (!destination.startsWith('/') || destination === '/' || destination.includes(':'))
    throw refusedValue(
      'volumes',
      text,
      'an absolute path other than / and without colon as the destination',
      destination === '/' ? 'runner_system_failure' : 'runner_configuration_error',
    );
  if (source !== undefined)
    return {
      kind: 'bind',
      text: [source, destination, ...(options === undefined ? [] : [options])].join(':'),
      destination,
    };
  return ownVolume(context, destination, !docker.disable_cache);
}

/** A directory of the host in the place of a volume, for the same jobs. */
function cacheDirectory(identity: JobIdentity, cacheDir: string, destination: string): VolumeSpec {
  if (!posix.isAbsolute(cacheDir))
    throw refusedValue(
      'cache_dir',
      cacheDir,
      'an absolute path on the host of the engine',
      'runner_configuration_error',
    );
  const source = posix.join(cacheDir, `runner-${reuseKey(identity)}`, directoryName(identity, destination));
  return { kind: 'bind', text: `${source}:${destination}`, destination, open: true };
}

/** Jobs of protected refs share nothing with others. */
const directoryName = ({ payload }: JobIdentity, destination: string): string =>
  `${md5(destination)}${isProtected(payload) ? '-protected' : ''}`;
