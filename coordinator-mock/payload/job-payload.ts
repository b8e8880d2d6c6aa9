import type { Variable } from '#protocol/job.ts';
import type { JsonObject } from '../http/request-body.ts';
import type { Commit, Project } from '../projects/projects.ts';
import { knownFailureReasons } from '../store/known-failure-reasons.ts';

const defaultDepth = 20;
export const defaultTimeoutSeconds = 3600;

/** What the parts of a payload that no job file decides are made from. */
export interface JobFacts {
  readonly id: number;
  readonly token: string;
  readonly name: string;
  readonly stage: string;
  readonly project: Pick<Project, 'id' | 'path' | 'objectFormat'>;
  readonly pipelineId: number;
  readonly commit: Pick<Commit, 'ref' | 'refType' | 'sha' | 'beforeSha'>;
  readonly timeoutSeconds: number;
  readonly serverUrl: string;
  /** The commit can be fetched as refs/pipelines/<id>. */
  readonly isPinned: boolean;
  /** Variables that decide about the payload itself: GIT_DEPTH. */
  readonly variables: readonly Variable[];
}

/** The URL of the project's repository with the job token as its password. */
export function repositoryUrl({
  serverUrl,
  token,
  project,
}: Pick<JobFacts, 'serverUrl' | 'token' | 'project'>): string {
  const url = new URL(`${serverUrl.replace(/\/+$/, '')}/${project.path}.git`);
  url.username = 'gitlab-ci-token';
  url.password = token;
  return url.href;
}

/** A payload without script, image and files; everything else is there. */
export function jobPayload(facts: JobFacts): JsonObject {
  return {
    id: facts.id,
    token: facts.token,
    allow_git_fetch: true,
    job_info: jobInfo(facts),
    git_info: gitInfo(facts),
    runner_info: { timeout: facts.timeoutSeconds, runner_session_url: null },
    variables: facts.variables,
    steps: [],
    image: null,
    services: [],
    artifacts: null,
    cache: [],
    credentials: [],
    dependencies: [],
    features: { trace_sections: true, token_mask_prefixes: ['glpat-'], failure_reasons: knownFailureReasons },
    hooks: [],
    secrets: {},
    policy_options: null,
  };
}

function jobInfo({ id, name, stage, project, pipelineId }: JobFacts): JsonObject {
  return {
    id,
    name,
    stage,
    project_id: project.id,
    project_name: project.path.split('/').at(-1),
    project_full_path: project.path,
    namespace_id: 3,
    root_namespace_id: 3,
    organization_id: 1,
    instance_id: 'coordinator-mock',
    instance_uuid: '00000000-0000-4000-8000-000000000000',
    user_id: 1,
    scoped_user_id: null,
    pipeline_id: pipelineId,
    time_in_queue_seconds: 0,
    project_jobs_running_on_instance_runners_count: '+Inf',
    queue_size: 1,
    queue_depth: 1,
  };
}

function gitInfo(facts: JobFacts): JsonObject {
  const { commit, pipelineId, project, variables } = facts;
  const asked = variables.findLast(({ key }) => key === 'GIT_DEPTH')?.value ?? '';
  const depth = /^\d+$/.test(asked) ? Number(asked) : defaultDepth;
  const pinned = `+refs/pipelines/${pipelineId}:refs/pipelines/${pipelineId}`;
  return {
    repo_url: repositoryUrl(facts),
    ref: commit.ref,
    ref_type: commit.refType,
    sha: commit.sha,
    before_sha: commit.beforeSha,
    repo_object_format: project.objectFormat,
    refspecs: [...(facts.isPinned ? [pinned] : []), ...refspecs(commit, depth)],
    depth,
    protected: true,
  };
}

/** The one branch or tag for a shallow clone, all of them for a full one. */
function refspecs({ ref, refType }: JobFacts['commit'], depth: number): string[] {
  if (depth === 0) return ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  return refType === 'tag' ? [`+refs/tags/${ref}:refs/tags/${ref}`] : [`+refs/heads/${ref}:refs/remotes/origin/${ref}`];
}
