import { shellQuote } from '../common/shell-quote.ts';
import type { JobSpec, ShellVariable } from '../spec/job-spec.ts';
import { exportVariables, notice, sourceEnvFile, STRICT_MODE, userCommands } from './shell-script.ts';

/** The body of one user step: environment, working directory, hooks of the runner, then the commands. */
export function stepScript(spec: JobSpec, commands: readonly string[]): string {
  const sections = spec.flags.scriptSections;
  return [
    ...prologue(spec, spec.environment),
    ...hook(spec.hooks.preBuild, sections ? 'pre_build_script' : undefined),
    ...userCommands(commands, { sectionPrefix: sections ? 'script_step' : undefined }),
    ...hook(spec.hooks.postBuild, sections ? 'post_build_script' : undefined),
  ].join('\n');
}

/** The body of after_script; `status` is what CI_JOB_STATUS says there. */
export function afterScript(spec: JobSpec, status: string): string {
  const environment = spec.environment.filter(({ key }) => key !== 'CI_JOB_STATUS');
  return [
    ...prologue(spec, [...environment, { key: 'CI_JOB_STATUS', value: status }]),
    notice('Running after script...'),
    ...userCommands(spec.afterScript, { sectionPrefix: spec.flags.scriptSections ? 'after_script_step' : undefined }),
  ].join('\n');
}

function prologue(spec: JobSpec, environment: readonly ShellVariable[]): string[] {
  const { project, temporary } = spec.directories;
  return [
    ...STRICT_MODE,
    ...exportVariables(environment),
    ...sourceEnvFile(`${temporary}/gitlab_runner_env`),
    `cd ${shellQuote(project)}`,
    ...(spec.flags.debugTrace ? ['set -o xtrace'] : []),
  ];
}

function hook(script: string | undefined, sectionPrefix: string | undefined): string[] {
  return script === undefined ? [] : userCommands([script], { sectionPrefix });
}
