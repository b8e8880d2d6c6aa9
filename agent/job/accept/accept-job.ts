import type { JobPayload } from '#protocol/job.ts';
import { jobLabels } from '../../container/labels.ts';
import type { JobFlags, JobSpec, StepSpec, VolumeSpec } from '../../spec/job-spec.ts';
import { isTooLong } from '../../stages/shell-script.ts';
import { featureFlag, parseBoolean } from '../variables/feature-flags.ts';
import { JobVariables } from '../variables/job-variables.ts';
import type { JobVariable } from '../variables/job-variables.ts';
import { baseVariables, directoryVariables, finalVariables } from './base-variables.ts';
import { buildImage, helperImage } from './image-use.ts';
import { jobDirectories } from './job-directories.ts';
import { namePrefix, networkName, projectUniqueName } from './job-identity.ts';
import type { JobIdentity } from './job-identity.ts';
import { jobServices } from './job-services.ts';
import { gitStrategy, jobSources } from './job-sources.ts';
import { jobTimeouts } from './job-timeouts.ts';
import { jobFacts } from './label-facts.ts';
import { refuseUnsupported, unsupportedParts } from './refuse-payload.ts';
import { configuredVolumes, isBound, isWithin, managedVolume } from './job-volumes.ts';

/** A job that can be run, and what its author should know before it is. */
export interface AcceptedJob {
  readonly spec: JobSpec;
  readonly warnings: readonly string[];
  /** Values that must not appear in the trace. */
  readonly secrets: readonly string[];
}

/**
 * Turns what the coordinator sent into what the executor runs: all variables expanded, all rules of the runner applied.
 * @throws {JobFailure} for a job that cannot be run as it is meant
 */
export function acceptJob(identity: JobIdentity): AcceptedJob {
  const { payload, runner } = identity;
  refuseUnsupported(payload);
  const warnings = unsupportedParts(payload);
  const warn = (text: string): void => void warnings.push(text);
  const early = jobVariables(identity, [], []);
  const strategy = gitStrategy(payload, early, warn);
  const prefix = namePrefix(identity);
  const labels = jobLabels(jobFacts(identity));
  const volumeContext = { identity, variables: early, namePrefix: prefix, labels };
  const configured = configuredVolumes(volumeContext);
  const bound = isBound(configured, runner.builds_dir);
  const clonePath = early.get('GIT_CLONE_PATH');
  const directories = jobDirectories(identity, { strategy, clonePath, bound });
  const ownNetwork = needsOwnNetwork(identity, early);
  const network = networkName(identity);
  const variables = jobVariables(
    identity,
    directoryVariables(directories),
    finalVariables(runner, directories, ownNetwork ? network : undefined),
  );
  const images = { docker: runner.docker, variables, warn };
  const services = jobServices(images, payload.services);
  warnLongVariables(variables, warn);
  const sources = jobSources(payload, runner, variables, { strategy, warn });
  return {
    spec: {
      jobId: payload.id,
      namePrefix: prefix,
      hostname: projectUniqueName(identity),
      labels,
      containerLabels: expandedLabels(runner.docker.container_labels, variables),
      directories,
      image: buildImage(images, payload.image),
      helperImage: helperImage(images),
      services,
      networkName: network,
      ownNetwork,
      volumes: [...configured, ...buildsVolume()],
      sources,
      ...steps(payload),
      environment: variables.environment(),
      files: variables.files(),
      shell: runner.shell === 'sh' || runner.shell === 'bash' ? runner.shell : 'auto',
      hooks: { preBuild: runner.pre_build_script, postBuild: runner.post_build_script },
      timeouts: jobTimeouts(payload.runner_info.timeout * 1000, variables, warn),
      flags: jobFlags(identity, variables),
    },
    warnings,
    secrets: [payload.token, ...variables.masked(), ...payload.credentials.map(({ password }) => password)],
  };

  /** Containers that share the work tree need a volume; a build container alone has its own file system. */
  function buildsVolume(): VolumeSpec[] {
    const shared = strategy === 'clone' || strategy === 'fetch' || services.length > 0;
    const covered = configured.some(({ destination }) => isWithin(directories.builds, destination));
    const reusable = strategy === 'fetch' && !runner.docker.disable_cache;
    return shared && !covered ? [managedVolume(volumeContext, directories.builds, reusable)] : [];
  }
}

function jobVariables(identity: JobIdentity, own: readonly JobVariable[], final: readonly JobVariable[]): JobVariables {
  const { payload, runner } = identity;
  const given = payload.variables.map((variable) => ({ ...variable, internal: false }));
  const directory = own.length === 0 ? runner.builds_dir : `${own[0]?.value}.tmp`;
  return new JobVariables([...baseVariables(identity), ...own, ...given, ...final], directory);
}

/** Names of services need a network with a name server; a configured network is taken as it is. */
function needsOwnNetwork({ payload, runner }: JobIdentity, variables: JobVariables): boolean {
  if (runner.docker.network_mode !== undefined) return false;
  const perBuild = featureFlag('FF_NETWORK_PER_BUILD', runner.feature_flags, variables.get('FF_NETWORK_PER_BUILD'));
  return perBuild || payload.services.length + runner.docker.services.length > 0;
}

function steps(payload: JobPayload): { steps: StepSpec[]; afterScript: string[] } {
  const after = payload.steps.filter((step) => step.name === 'after_script');
  return {
    steps: payload.steps.filter((step) => step.name !== 'after_script').map(({ name, script }) => ({ name, script })),
    afterScript: after.flatMap((step) => step.script),
  };
}

function jobFlags({ runner }: JobIdentity, variables: JobVariables): JobFlags {
  const flag = (name: string): boolean => featureFlag(name, runner.feature_flags, variables.get(name));
  return {
    debugTrace: !runner.debug_trace_disabled && parseBoolean(variables.get('CI_DEBUG_TRACE')) === true,
    scriptSections: flag('FF_SCRIPT_SECTIONS'),
    init: flag('FF_USE_INIT_WITH_DOCKER_EXECUTOR'),
    nativeStop: flag('FF_USE_NATIVE_CONTAINER_STOP'),
    afterScriptErrorsFail: parseBoolean(variables.get('AFTER_SCRIPT_IGNORE_ERRORS')) === false,
  };
}

const expandedLabels = (labels: Readonly<Record<string, string>>, variables: JobVariables): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, variables.expand(value)]));

function warnLongVariables(variables: JobVariables, warn: (text: string) => void): void {
  for (const variable of variables.environment().filter(isTooLong))
    warn(
      `Variable ${variable.key} is too long for the environment of a process (more than 128 KiB): ` +
        `the script's shell has it, programs that it starts do not. Use a file variable`,
    );
}
