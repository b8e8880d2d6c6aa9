import { readFileSync } from 'node:fs';
import { shortToken } from '../../common/short-token.ts';
import { architecture, platform, version } from '../../common/version.ts';
import type { RunnerConfig } from '../../config/schema.ts';
import type { JobDirectories } from '../../spec/job-spec.ts';
import { agentVariable } from '../variables/job-variables.ts';
import type { JobVariable } from '../variables/job-variables.ts';
import type { JobIdentity } from './job-identity.ts';

/** The variables below the job's own: what the runner's environment and the agent provide. */
export function baseVariables(identity: JobIdentity): JobVariable[] {
  const { payload, runner, slot } = identity;
  return [
    ...runner.environment.map(environmentVariable),
    agentVariable('CI_JOB_IMAGE', payload.image?.name || (runner.docker.image ?? '')),
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

export const directoryVariables = (directories: JobDirectories): JobVariable[] => [
  agentVariable('CI_PROJECT_DIR', directories.project),
];

/** The variables above the job's own. */
export function finalVariables(
  runner: RunnerConfig,
  directories: JobDirectories,
  networkName: string | undefined,
): JobVariable[] {
  return [
    agentVariable('CI_DISPOSABLE_ENVIRONMENT', 'true'),
    agentVariable('CI_RUNNER_VERSION', version),
    agentVariable('CI_RUNNER_EXECUTABLE_ARCH', `${platform}/${architecture}`),
    agentVariable('RUNNER_TEMP_PROJECT_DIR', directories.temporary),
    ...(networkName === undefined ? [] : [agentVariable('CI_BUILD_NETWORK_NAME', networkName)]),
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
