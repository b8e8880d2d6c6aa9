import { readFileSync } from 'node:fs';
import { shortToken } from '../../common/short-token.ts';
import { architecture, platform, version } from '../../common/version.ts';
import type { RunnerConfig } from '../../config/schema/runner.ts';
import type { JobDirectories } from '../../spec/job-spec.ts';
import { agentVariable, JobVariables, type JobVariable } from '../variables/job-variables.ts';
import type { JobIdentity } from './job-identity.ts';

/** Lets scripts of a user who is not root use git in the work tree, which the helper made as root. None of a service's business. */
const SAFE_DIRECTORY: readonly JobVariable[] = [
  ['GIT_CONFIG_COUNT', '1'] as const,
  ['GIT_CONFIG_KEY_0', 'safe.directory'] as const,
  ['GIT_CONFIG_VALUE_0', '*'] as const,
].map(([key, value]) => ({ ...agentVariable(key, value), public: false, internal: false }));

/** What is known of the job's place once its variables have said where it is. */
interface KnownPlace {
  readonly directories: JobDirectories;
  readonly networkName: string;
  readonly ownNetwork: boolean;
}

/**
 * All variables of the job, lowest first: the runner's environment, the agent's own, the job's, and the agent's last word.
 * Without a place they serve only to find out where the job is to run.
 */
export function layeredVariables(identity: JobIdentity, place?: KnownPlace): JobVariables {
  const { payload, runner } = identity;
  const given = payload.variables.map((variable) => ({ ...variable, internal: false }));
  const base = baseVariables(identity);
  const early = new JobVariables([...base, ...given], runner.builds_dir);
  if (place === undefined) return early;
  const known = [
    agentVariable('CI_PROJECT_DIR', place.directories.project),
    agentVariable('CI_JOB_IMAGE', early.expand(imageName(identity))),
  ];
  return new JobVariables([...base, ...known, ...given, ...finalVariables(runner, place)], place.directories.temporary);
}

const imageName = ({ payload, runner }: JobIdentity): string => payload.image?.name || (runner.docker.image ?? '');

/** The variables below the job's own: what the runner's environment and the agent provide. */
function baseVariables(identity: JobIdentity): JobVariable[] {
  const { payload, runner, slot } = identity;
  return [
    ...(runner.safe_directory_checkout === false ? [] : SAFE_DIRECTORY),
    ...runner.environment.map(environmentVariable),
    agentVariable('CI_JOB_IMAGE', imageName(identity)),
    agentVariable('CI_BUILDS_DIR', runner.builds_dir),
    agentVariable('CI_CONCURRENT_ID', String(slot.concurrentId)),
    agentVariable('CI_CONCURRENT_PROJECT_ID', String(slot.projectSlot)),
    agentVariable('CI_RUNNER_SHORT_TOKEN', shortToken(runner.token)),
    agentVariable('CI_SERVER', 'yes'),
    agentVariable('CI_JOB_STATUS', 'running'),
    agentVariable('CI_JOB_TIMEOUT', String(payload.runner_info.timeout)),
    ...tlsVariables(runner),
  ];
}

/** The variables above the job's own. */
function finalVariables(runner: RunnerConfig, { directories, networkName, ownNetwork }: KnownPlace): JobVariable[] {
  return [
    agentVariable('CI_DISPOSABLE_ENVIRONMENT', 'true'),
    agentVariable('CI_RUNNER_VERSION', version),
    agentVariable('CI_RUNNER_EXECUTABLE_ARCH', `${platform}/${architecture}`),
    agentVariable('RUNNER_TEMP_PROJECT_DIR', directories.temporary),
    ...(ownNetwork ? [agentVariable('CI_BUILD_NETWORK_NAME', networkName)] : []),
    ...Object.entries(runner.feature_flags).map(([name, on]) => agentVariable(name, String(on))),
  ];
}

function environmentVariable(entry: string): JobVariable {
  const [key = '', ...rest] = entry.split('=');
  return { ...agentVariable(key.trim(), rest.join('=')), raw: false };
}

/** The certificates that the coordinator is trusted with, for git and for the job. */
function tlsVariables(runner: RunnerConfig): JobVariable[] {
  const files = [
    ['CI_SERVER_TLS_CA_FILE', runner['tls-ca-file']],
    ['CI_SERVER_TLS_CERT_FILE', runner['tls-cert-file']],
    ['CI_SERVER_TLS_KEY_FILE', runner['tls-key-file']],
  ] as const;
  return files.flatMap(([key, path]) =>
    path === undefined ? [] : [{ ...agentVariable(key, readFileSync(path, 'utf8')), file: true }],
  );
}
