import type { JobPayload } from '#protocol/job.ts';
import { JobFailure } from '../../common/errors/job-failure.ts';
import type { RunnerConfig } from '../../config/schema/runner.ts';
import type { GitStrategy, SourcesSpec } from '../../spec/job-spec.ts';
import type { JobVariables } from '../variables/job-variables.ts';

const MAX_ATTEMPTS = 10;

/** GIT_STRATEGY; an unknown value is said and the default used. */
export function gitStrategy(payload: JobPayload, variables: JobVariables, warn: (text: string) => void): GitStrategy {
  const usual = payload.allow_git_fetch ? 'fetch' : 'clone';
  const wanted = variables.get('GIT_STRATEGY');
  if (wanted === '') return usual;
  if (wanted === 'clone' || wanted === 'fetch' || wanted === 'none' || wanted === 'empty') return wanted;
  warn(`GIT_STRATEGY = "${wanted}": expected clone, fetch, none or empty; "${usual}" is used`);
  return usual;
}

/** All that get_sources needs, from the payload, the GIT_* variables and the runner. */
export function jobSources(
  payload: JobPayload,
  runner: RunnerConfig,
  variables: JobVariables,
  options: { strategy: GitStrategy; warn: (text: string) => void },
): SourcesSpec {
  const git = payload.git_info;
  const hooks = payload.hooks.filter((hook) => hook.name === 'pre_get_sources_script');
  return {
    strategy: options.strategy,
    checkout: isTrue(variables.get('GIT_CHECKOUT'), true),
    url: plainUrl(git.repo_url, runner.clone_url),
    token: payload.token,
    ref: git.ref,
    sha: git.sha,
    objectFormat: git.repo_object_format === 'sha256' ? 'sha256' : 'sha1',
    refspecs: git.refspecs,
    depth: git.depth,
    cleanFlags: flags(variables.get('GIT_CLEAN_FLAGS'), '-ffdx'),
    fetchFlags: flags(variables.get('GIT_FETCH_EXTRA_FLAGS'), '--prune --quiet') ?? [],
    submodules: submoduleStrategy(variables.get('GIT_SUBMODULE_STRATEGY')),
    attempts: attempts(variables.get('GET_SOURCES_ATTEMPTS'), options.warn),
    sslVerify: !isTrue(variables.get('GIT_SSL_NO_VERIFY'), false),
    preScripts: [runner.pre_get_sources_script ?? '', ...hooks.flatMap((hook) => hook.script)].filter(Boolean),
    postScripts: [runner.post_get_sources_script ?? ''].filter(Boolean),
  };
}

/** The URL without user and token; `clone_url` of the runner replaces its start. */
function plainUrl(repoUrl: string, cloneUrl: string | undefined): string {
  if (!URL.canParse(repoUrl)) return repoUrl;
  const url = new URL(repoUrl);
  if (cloneUrl !== undefined) {
    const base = new URL(cloneUrl);
    return base.origin + base.pathname.replace(/\/$/, '') + url.pathname;
  }
  url.password = '';
  if (url.protocol !== 'ssh:') url.username = '';
  return url.href;
}

function flags(text: string, usual: string): string[] | undefined {
  if (text.trim() === 'none') return undefined;
  return (text.trim() || usual).split(/\s+/);
}

function submoduleStrategy(text: string): SourcesSpec['submodules'] {
  if (text === '' || text === 'none') return 'none';
  if (text === 'normal' || text === 'recursive') return text;
  throw new JobFailure(
    'runner_system_failure',
    `GIT_SUBMODULE_STRATEGY = "${text}": expected none, normal or recursive`,
  );
}

function attempts(text: string, warn: (text: string) => void): number {
  if (text === '') return 1;
  const wanted = Number.parseInt(text, 10);
  const count = Math.min(Math.max(Number.isNaN(wanted) ? 1 : wanted, 1), MAX_ATTEMPTS);
  if (String(count) !== text.trim())
    warn(`GET_SOURCES_ATTEMPTS: number of attempts out of the range [1, ${MAX_ATTEMPTS}], clamping to: ${count}`);
  return count;
}

/** Booleans of git variables: letter case does not count, and 1 is true. */
function isTrue(text: string, usual: boolean): boolean {
  return text === '' ? usual : ['true', '1', 'yes', 't'].includes(text.toLowerCase());
}
