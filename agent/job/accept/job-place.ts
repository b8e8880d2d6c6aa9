import { jobLabels } from '../../container/labels.ts';
import type { GitStrategy, JobDirectories, VolumeSpec } from '../../spec/job-spec.ts';
import { featureFlag } from '../variables/feature-flags.ts';
import type { JobVariables } from '../variables/job-variables.ts';
import { layeredVariables } from './base-variables.ts';
import { jobDirectories } from './job-directories.ts';
import { namePrefix, networkName, projectUniqueName, type JobIdentity } from './job-identity.ts';
import { gitStrategy } from './job-sources.ts';
import { configuredVolumes, isBound, isWithin, managedVolume } from './job-volumes.ts';
import { jobFacts } from './label-facts.ts';

/** Where a job runs: its names, labels, directories, network and volumes. What its variables say is known only with it. */
export interface JobPlace {
  readonly namePrefix: string;
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
  const own = sharesWorkTree(identity, strategy) && !covered;
  return {
    namePrefix: prefix,
    hostname: projectUniqueName(identity),
    labels,
    strategy,
    directories,
    networkName: networkName(identity),
    ownNetwork: needsOwnNetwork(identity, variables),
    volumes: [...configured, ...(own ? [managedVolume(context, directories.builds, reusable)] : [])],
  };
}

/** Containers that share the work tree need a volume; a build container alone has its own file system. */
const sharesWorkTree = (identity: JobIdentity, strategy: GitStrategy): boolean =>
  strategy === 'clone' || strategy === 'fetch' || hasServices(identity);

const hasServices = ({ payload, runner }: JobIdentity): boolean =>
  payload.services.length + runner.docker.services.length > 0;

/** Names of services need a network with a name server; a configured network is taken as it is. */
function needsOwnNetwork(identity: JobIdentity, variables: JobVariables): boolean {
  const { runner } = identity;
  if (runner.docker.network_mode !== undefined) return false;
  const perBuild = featureFlag('FF_NETWORK_PER_BUILD', runner.feature_flags, variables.get('FF_NETWORK_PER_BUILD'));
  return perBuild || hasServices(identity);
}
