import { posix } from 'node:path';
import { JobFailure } from '../../common/job-failure.ts';
import { shortToken } from '../../common/short-token.ts';
import type { GitStrategy, JobDirectories } from '../../spec/job-spec.ts';
import type { JobIdentity } from './job-identity.ts';

/** Where the job works. `clonePath` is GIT_CLONE_PATH, expanded; `bound`: the builds directory is one of the host. */
export function jobDirectories(
  identity: JobIdentity,
  options: { strategy: GitStrategy; clonePath: string; bound: boolean },
): JobDirectories {
  const { runner, slot } = identity;
  const builds = posix.normalize(runner.builds_dir).replace(/(.)\/$/, '$1');
  const shared = options.bound ? `${shortToken(runner.token)}/${slot.projectSlot}/` : '';
  const suffix = options.strategy === 'empty' ? '-empty' : '';
  const usual = posix.join(builds, shared + projectPath(identity) + suffix);
  const project = options.clonePath === '' ? usual : checkedClonePath(identity, options.clonePath, builds);
  return { builds, project, temporary: `${project}.tmp` };
}

/** `<namespace>/<project>` of the repository's URL; `project-<id>` when it has no host. */
function projectPath({ payload }: JobIdentity): string {
  const { repo_url } = payload.git_info;
  const path = URL.canParse(repo_url) ? new URL(repo_url).pathname : '';
  const clean = decodeURIComponent(path)
    .replace(/^\/+/, '')
    .replace(/\/*(\.git)?\/*$/, '');
  return clean === '' || clean.split('/').includes('..') ? `project-${payload.job_info.project_id}` : clean;
}

function checkedClonePath({ runner }: JobIdentity, clonePath: string, builds: string): string {
  const path = posix.normalize(clonePath).replace(/\/$/, '');
  if (!runner.custom_build_dir.enabled)
    throw new JobFailure(
      'runner_configuration_error',
      'GIT_CLONE_PATH is set, but [runners.custom_build_dir] of this runner is not enabled',
    );
  if (!path.startsWith(`${builds}/`))
    throw new JobFailure(
      'runner_configuration_error',
      `GIT_CLONE_PATH "${clonePath}" is not below ${builds} (CI_BUILDS_DIR)`,
    );
  return path;
}
