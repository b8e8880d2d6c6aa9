import { isForeign } from '../../container/fill-workspace.ts';
import { jobLabels } from '../../container/labels.ts';
import type { GitStrategy, JobDirectories, VolumeSpec } from '../../spec/job-spec.ts';
import { featureFlag } from '../variables/feature-flags.ts';
import type { JobVariables } from '../variables/job-variables.ts';
import { layeredVariables } from './base-variables.ts';
import { jobDirectories } from './job-directories.ts';
import { jobNonce, namePrefix, networkName, projectUniqueName, type JobIdentity } from './job-identity.ts';
import { gitStrategy } from './job-sources.ts';
import { configuredVolumes, isBound, isWithin, ownVolume } from './job-volumes.ts';
import { jobFacts } from './label-facts.ts';

/** Where a job runs: its names, labels, directories, network and volumes. What its variables say is known only with it. */
export interface JobPlace {
  readonly namePrefix: string;
  readonly nonce: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly strategy: GitStrategy;
  readonly directories: JobDirectories;
  readonly networkName: string;
  readonly ownNetwork: boolean;
  readonly volumes: readonly VolumeSpec[];
}

export function jobPlace(identity: JobIdentity, warn: (text: string) => void): JobPlace {
  const { payload, runner } = identity;
  const variables = layeredVariables(identity);
  const strategy = gitStrategy(payload, variables, warn);
  const [prefix, labels] = [namePrefix(identity), jobLabels(jobFacts(identity))];
  const context = { identity, variables, namePrefix: prefix, labels };
  const configured = configuredVolumes(context);
  const directories = jobDirectories(identity, {
    strategy,
    clonePath: variables.get('GIT_CLONE_PATH'),
    bound: isBound(configured, runner.builds_dir),
  });
  const covered = configured.some(({ destination }) => isWithin(directories.builds, destination));
  const reusable = strategy === 'fetch' && !runner.docker.disable_cache;
  const foreign = configured.some((volume) => isForeign(volume, directories));
  const own = (foreign || sharesWorkTree(identity, strategy)) && !covered;
  return {
    namePrefix: prefix,
    nonce: jobNonce(identity),
    hostname: projectUniqueName(identity),
    labels,
    strategy,
    directories,
    networkName: networkName(identity),
    ownNetwork: needsOwnNetwork(identity, variables, warn),
    volumes: [...configured, ...(own ? [ownVolume(context, directories.builds, reusable)] : [])],
  };
}

/** Containers that share the work tree need a volume; a build container alone has its own file system. */
const sharesWorkTree = (identity: JobIdentity, strategy: GitStrategy): boolean =>
  strategy === 'clone' || strategy === 'fetch' || hasServices(identity);

const hasServices = ({ payload, runner }: JobIdentity): boolean =>
  payload.services.length + runner.docker.services.length > 0;

/**
 * Names of services need a network with a name server; a configured network is taken as it is. Linked containers are
 * on the default bridge: a job that is to reach them stays there.
 */
function needsOwnNetwork(identity: JobIdentity, variables: JobVariables, warn: (text: string) => void): boolean {
  const { docker, feature_flags: flags } = identity.runner;
  if (docker.network_mode !== undefined) return false;
  const perBuild = featureFlag('FF_NETWORK_PER_BUILD', flags, variables.get('FF_NETWORK_PER_BUILD'));
  if (perBuild && docker.links.length > 0)
    warn(
      `links in [runners.docker] (${docker.links.join(', ')}) do not reach the network that FF_NETWORK_PER_BUILD asks for`,
    );
  return perBuild || (hasServices(identity) && docker.links.length === 0);
}
