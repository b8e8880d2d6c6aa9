import type { JobPayload } from '#protocol/job.ts';
import { checkOptions } from '../../container/options/check-options.ts';
import type { JobFlags, JobSpec, StepSpec } from '../../spec/job-spec.ts';
import { isTooLong } from '../../stages/shell-script.ts';
import { featureFlag, parseBoolean } from '../variables/feature-flags.ts';
import type { JobVariables } from '../variables/job-variables.ts';
import { layeredVariables } from './base-variables.ts';
import { buildImage, helperImage } from './image-use.ts';
import type { JobIdentity } from './job-identity.ts';
import { jobPlace, type JobPlace } from './job-place.ts';
import { jobServices } from './job-services.ts';
import { jobSources } from './job-sources.ts';
import { jobTimeouts } from './job-timeouts.ts';
import { refuseUnsupported, unsupportedParts } from './refuse-payload.ts';
import { dockerInDocker } from './service/docker-in-docker.ts';

const AUTH_CONFIG = 'DOCKER_AUTH_CONFIG';

/** A job that can be run, and what its author should know before it is. */
export interface AcceptedJob {
  readonly spec: JobSpec;
  readonly warnings: readonly string[];
  /** Values that must not appear in the trace. */
  readonly secrets: readonly string[];
  /** Content of the job's own DOCKER_AUTH_CONFIG, never the runner's: a job's helpers are not to be trusted. */
  readonly authConfig: string | undefined;
}

/**
 * Turns what the coordinator sent into what the executor runs: all variables expanded, all rules of the runner applied.
 * @throws {JobFailure} for a job that cannot be run as it is meant
 */
export function acceptJob(identity: JobIdentity): AcceptedJob {
  const { payload } = identity;
  refuseUnsupported(payload);
  const warnings = unsupportedParts(payload);
  const warn = (text: string): void => void warnings.push(text);
  const place = jobPlace(identity, warn);
  const variables = layeredVariables(identity, place);
  warnLongVariables(variables, warn);
  const spec = jobSpec(identity, place, variables, warn);
  checkOptions(spec, identity.runner.docker);
  return {
    spec,
    warnings,
    secrets: [payload.token, ...variables.masked(), ...payload.credentials.map(({ password }) => password)],
    authConfig: payload.variables.some(({ key }) => key === AUTH_CONFIG) ? variables.content(AUTH_CONFIG) : undefined,
  };
}

function jobSpec(
  identity: JobIdentity,
  place: JobPlace,
  variables: JobVariables,
  warn: (text: string) => void,
): JobSpec {
  const { payload, runner } = identity;
  const images = { docker: runner.docker, variables, warn };
  const { strategy, ...names } = place;
  return {
    jobId: payload.id,
    ...names,
    containerLabels: expandedLabels(runner.docker.container_labels, variables),
    image: buildImage(images, payload.image),
    helperImage: helperImage(images),
    services: dockerInDocker(jobServices(images, payload.services), { ...images, volumes: place.volumes }),
    sources: jobSources(payload, runner, variables, { strategy, warn }),
    ...steps(payload),
    environment: variables.environment(),
    files: variables.files(),
    shell: runner.shell === 'sh' || runner.shell === 'bash' ? runner.shell : 'auto',
    hooks: { preBuild: runner.pre_build_script, postBuild: runner.post_build_script },
    timeouts: jobTimeouts(payload.runner_info.timeout * 1000, variables, warn),
    flags: jobFlags(identity, variables, warn),
  };
}

function steps(payload: JobPayload): { steps: StepSpec[]; afterScript: string[] } {
  const after = payload.steps.filter((step) => step.name === 'after_script');
  return {
    steps: payload.steps.filter((step) => step.name !== 'after_script').map(({ name, script }) => ({ name, script })),
    afterScript: after.flatMap((step) => step.script),
  };
}

function jobFlags({ runner }: JobIdentity, variables: JobVariables, warn: (text: string) => void): JobFlags {
  const flag = (name: string): boolean => featureFlag(name, runner.feature_flags, variables.get(name));
  return {
    debugTrace: !runner.debug_trace_disabled && parseBoolean(variables.get('CI_DEBUG_TRACE')) === true,
    debugServices: !runner.debug_trace_disabled && debugServices(variables.get('CI_DEBUG_SERVICES'), warn),
    scriptSections: flag('FF_SCRIPT_SECTIONS'),
    init: flag('FF_USE_INIT_WITH_DOCKER_EXECUTOR'),
    nativeStop: flag('FF_USE_NATIVE_CONTAINER_STOP'),
    cleanProject: flag('FF_ENABLE_JOB_CLEANUP'),
    ownSources: flag('FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR'),
    afterScriptErrorsFail: parseBoolean(variables.get('AFTER_SCRIPT_IGNORE_ERRORS')) === false,
  };
}

function debugServices(text: string, warn: (text: string) => void): boolean {
  const value = parseBoolean(text);
  if (value === undefined && text !== '')
    warn(`CI_DEBUG_SERVICES: expected bool got ${JSON.stringify(text)}, using default value: false`);
  return value ?? false;
}

/** Everybody who may ask the engine reads labels: masked values stay out. */
function expandedLabels(labels: Readonly<Record<string, string>>, variables: JobVariables): Record<string, string> {
  const secrets = variables.masked().toSorted((one, other) => other.length - one.length);
  const masked = (text: string): string =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, () => '[MASKED]'), text);
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, masked(variables.expand(value))]));
}

function warnLongVariables(variables: JobVariables, warn: (text: string) => void): void {
  for (const variable of variables.environment().filter(isTooLong))
    warn(
      `Variable ${variable.key} is too long for the environment of a process (more than 128 KiB): ` +
        `the script's shell has it, programs that it starts do not. Use a file variable`,
    );
}
