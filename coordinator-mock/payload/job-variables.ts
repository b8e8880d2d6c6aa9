import type { Variable } from '#protocol/job.ts';
import type { RunnerRecord } from '../store/runners.ts';
import { repositoryUrl, type JobFacts } from './job-payload.ts';

const open = (key: string, value: string): Variable => ({ ...closed(key, value), public: true });

const closed = (key: string, value: string): Variable => ({
  key,
  value,
  public: false,
  masked: false,
  file: false,
  raw: false,
});

type Identity = Pick<JobFacts, 'id' | 'token' | 'project' | 'serverUrl'>;

/** The predefined variables that exist only once a job has its id and token. */
export function identityVariables(facts: Identity): Variable[] {
  return [
    open('CI_JOB_ID', String(facts.id)),
    open('CI_JOB_URL', `${facts.serverUrl.replace(/\/+$/, '')}/${facts.project.path}/-/jobs/${facts.id}`),
    { ...closed('CI_JOB_TOKEN', facts.token), masked: true },
    open('CI_JOB_STARTED_AT', new Date().toISOString()),
    closed('CI_REPOSITORY_URL', repositoryUrl(facts)),
  ];
}

/** What a job may know of the runner that has it. */
export function runnerVariables(runner: RunnerRecord): Variable[] {
  return [
    open('CI_RUNNER_ID', String(runner.id)),
    open('CI_RUNNER_DESCRIPTION', runner.description ?? ''),
    open('CI_RUNNER_TAGS', JSON.stringify(runner.tags)),
  ];
}

/** The other predefined variables of a job that comes from no pipeline. */
export function bareJobVariables(facts: Omit<JobFacts, 'variables'>): Variable[] {
  const server = new URL(facts.serverUrl);
  const segments = facts.project.path.split('/');
  const named: [string, string][] = [
    ['CI', 'true'],
    ['GITLAB_CI', 'true'],
    ['CI_JOB_NAME', facts.name],
    ['CI_JOB_STAGE', facts.stage],
    ['CI_PROJECT_ID', String(facts.project.id)],
    ['CI_PROJECT_PATH', facts.project.path],
    ['CI_PROJECT_NAME', segments.at(-1) ?? ''],
    ['CI_PROJECT_NAMESPACE', segments.slice(0, -1).join('/')],
    ['CI_SERVER', 'yes'],
    ['CI_SERVER_URL', facts.serverUrl],
    ['CI_SERVER_HOST', server.hostname],
    ['CI_PIPELINE_ID', String(facts.pipelineId)],
    ['CI_COMMIT_REF_NAME', facts.commit.ref],
    ['CI_COMMIT_SHA', facts.commit.sha],
  ];
  return [...named.map(([key, value]) => open(key, value)), ...identityVariables(facts)];
}
