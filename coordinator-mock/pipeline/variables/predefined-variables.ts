import type { Variable } from '#protocol/job.ts';
import type { PipelineInput } from '../pipeline.ts';
import { slug } from './slug.ts';
import { publicVariable } from './variable.ts';

/** What the predefined variables say about one job. */
export interface JobFacts {
  readonly name: string;
  /** The name before `parallel` numbered it. */
  readonly groupName: string;
  readonly stage: string;
  readonly isManual: boolean;
  /** Place in `parallel`, counted from 1. */
  readonly index: number | undefined;
  readonly total: number;
}

/** CI_JOB_*: known when the pipeline is made. The server adds CI_JOB_ID, CI_JOB_TOKEN and the like. */
export function jobVariables(job: JobFacts): Variable[] {
  return entries([
    ['CI_JOB_NAME', job.name],
    ['CI_JOB_NAME_SLUG', slug(job.name)],
    ['CI_JOB_GROUP_NAME', job.groupName],
    ['CI_JOB_STAGE', job.stage],
    ['CI_JOB_MANUAL', job.isManual ? 'true' : undefined],
    ['CI_NODE_INDEX', job.index?.toString()],
    ['CI_NODE_TOTAL', String(job.total)],
  ]);
}

/** CI_SERVER_*, CI_PROJECT_*, CI_PIPELINE_* and CI_COMMIT_* in GitLab's order. */
export function pipelineVariables(input: PipelineInput): Variable[] {
  return [...serverVariables(input), ...projectVariables(input), ...runVariables(input), ...commitVariables(input)];
}

function serverVariables(input: PipelineInput): Variable[] {
  const url = new URL(input.serverUrl);
  const base = input.serverUrl.replace(/\/+$/, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return entries([
    ['CI_PIPELINE_ID', String(input.pipelineId)],
    ['CI_PIPELINE_URL', `${base}/${input.projectPath}/-/pipelines/${input.pipelineId}`],
    ['CI', 'true'],
    ['GITLAB_CI', 'true'],
    ['CI_SERVER_FQDN', url.host],
    ['CI_SERVER_URL', base],
    ['CI_SERVER_HOST', url.hostname],
    ['CI_SERVER_PORT', port],
    ['CI_SERVER_PROTOCOL', url.protocol.replace(':', '')],
    ['CI_SERVER_NAME', 'coordinator-mock'],
    ['CI_API_V4_URL', `${base}/api/v4`],
  ]);
}

function projectVariables(input: PipelineInput): Variable[] {
  const segments = input.projectPath.split('/');
  const name = segments.at(-1) ?? input.projectPath;
  const base = input.serverUrl.replace(/\/+$/, '');
  return entries([
    ['CI_PROJECT_ID', String(input.projectId)],
    ['CI_PROJECT_NAME', name],
    ['CI_PROJECT_TITLE', name],
    ['CI_PROJECT_PATH', input.projectPath],
    ['CI_PROJECT_PATH_SLUG', slug(input.projectPath)],
    ['CI_PROJECT_NAMESPACE', segments.slice(0, -1).join('/')],
    ['CI_PROJECT_ROOT_NAMESPACE', segments.length > 1 ? segments[0] : ''],
    ['CI_PROJECT_URL', `${base}/${input.projectPath}`],
    ['CI_PROJECT_VISIBILITY', 'private'],
    ['CI_DEFAULT_BRANCH', input.defaultBranch],
    ['CI_CONFIG_PATH', input.file.path],
  ]);
}

function runVariables(input: PipelineInput): Variable[] {
  return entries([
    ['CI_PIPELINE_IID', String(input.pipelineId)],
    ['CI_PIPELINE_SOURCE', input.source ?? 'push'],
    ['CI_PIPELINE_CREATED_AT', input.createdAt?.toISOString()],
  ]);
}

function commitVariables(input: PipelineInput): Variable[] {
  const { sha, ref, refType, commit } = input;
  const [title = '', ...rest] = (commit?.message ?? '').split('\n');
  return entries([
    ['CI_COMMIT_SHA', sha],
    ['CI_COMMIT_SHORT_SHA', sha.slice(0, 8)],
    ['CI_COMMIT_BEFORE_SHA', input.beforeSha],
    ['CI_COMMIT_REF_NAME', ref],
    ['CI_COMMIT_REF_SLUG', slug(ref)],
    ['CI_COMMIT_BRANCH', refType === 'branch' ? ref : undefined],
    ['CI_COMMIT_TAG', refType === 'tag' ? ref : undefined],
    ['CI_COMMIT_MESSAGE', commit?.message],
    ['CI_COMMIT_TITLE', commit === undefined ? undefined : title],
    ['CI_COMMIT_DESCRIPTION', commit === undefined ? undefined : rest.join('\n').trim()],
    ['CI_COMMIT_REF_PROTECTED', String(input.refProtected)],
    ['CI_COMMIT_TIMESTAMP', commit?.timestamp],
    ['CI_COMMIT_AUTHOR', commit?.author],
  ]);
}

function entries(pairs: readonly (readonly [string, string | undefined])[]): Variable[] {
  return pairs.flatMap(([key, value]) => (value === undefined ? [] : [publicVariable(key, value)]));
}
