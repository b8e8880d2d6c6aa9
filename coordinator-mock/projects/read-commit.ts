import type { Commit, Project } from './projects.ts';
import { runGit } from './run-git.ts';

const detachedBranch = 'detached';

/** The commit that a branch or tag of the project points to; without `ref` the one that is checked out. Throws when there is none. */
export async function readCommit(project: Project, ref?: string): Promise<Commit> {
  const { repository } = project;
  const name = ref ?? (await checkedOut(project));
  const isTag = !(await hasRef(repository, `refs/heads/${name}`));
  if (isTag && !(await hasRef(repository, `refs/tags/${name}`))) {
    throw new Error(`${project.folder} has no branch or tag "${name}" with a commit`);
  }
  const sha = await runGit(repository, 'rev-parse', `refs/${isTag ? 'tags' : 'heads'}/${name}^{commit}`);
  const zeros = '0'.repeat(sha.length);
  const parent = runGit(repository, 'rev-parse', '--verify', '--quiet', `${sha}^`).catch(() => zeros);
  const beforeSha = isTag ? zeros : await parent;
  const shown = await runGit(repository, 'show', '--no-patch', '--format=%an <%ae>%n%aI%n%B', sha);
  const [author = '', timestamp = '', ...message] = shown.split('\n');
  return {
    ref: name,
    refType: isTag ? 'tag' : 'branch',
    sha,
    beforeSha,
    message: message.join('\n'),
    author,
    timestamp,
  };
}

/** Makes the commit fetchable as `refs/pipelines/<id>`, the ref that jobs ask for. */
export async function pinCommit(project: Project, pipelineId: number, sha: string): Promise<void> {
  await runGit(project.repository, 'update-ref', `refs/pipelines/${pipelineId}`, sha);
}

/** The text of a file as it is committed; undefined when the commit has no such file. */
export async function readCommitted(project: Project, sha: string, path: string): Promise<string | undefined> {
  return runGit(project.repository, 'show', `${sha}:${path}`).catch(() => undefined);
}

/** The branch that is checked out. A detached HEAD gets a branch in the served copy, so that jobs can fetch it. */
async function checkedOut(project: Project): Promise<string> {
  const branch = await runGit(project.folder, 'symbolic-ref', '--short', 'HEAD').catch(() => undefined);
  if (branch !== undefined) return branch;
  const sha = await runGit(project.folder, 'rev-parse', 'HEAD');
  await runGit(project.repository, 'update-ref', `refs/heads/${detachedBranch}`, sha);
  return detachedBranch;
}

function hasRef(repository: string, ref: string): Promise<boolean> {
  return runGit(repository, 'show-ref', '--verify', '--quiet', ref).then(
    () => true,
    () => false,
  );
}
