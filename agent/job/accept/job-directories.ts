import { posix } from 'node:path';
import { JobFailure } from '../../common/errors/job-failure.ts';
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

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/;

/** `<namespace>/<project>` of the repository's URL; `project-<id>` when that is no path. */
function projectPath({ payload }: JobIdentity): string {
  const { repo_url } = payload.git_info;
  const path = URL.canParse(repo_url) ? decoded(new URL(repo_url).pathname) : '';
  const clean = path.replace(/^\/+/, '').replace(/\/*(\.git)?\/*$/, '');
  const unusable = clean === '' || clean.split('/').includes('..') || CONTROL.test(clean);
  return unusable ? `project-${payload.job_info.project_id}` : clean;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
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
